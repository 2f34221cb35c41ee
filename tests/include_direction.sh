#!/bin/sh
# Includes point one way: daemon -> connectors -> policies -> std. A stray one lets "what is due" depend on "how it is
# stored"; this refuses it and says where.
cd "${1:-.}" || exit 1
stray=$(
    grep -nE '#include "(connectors|daemon|tests)/' policies/*.cpp policies/*.hpp
    grep -nE '#include "(daemon|tests)/' connectors/*.cpp connectors/*.hpp
    grep -nE '#include "tests/' daemon/*.cpp daemon/*.hpp
    grep -nE '#include [<"](soci|sqlite3|libpq-fe|mysql)' policies/*.cpp policies/*.hpp connectors/*.hpp daemon/*.hpp |
        grep -v '^connectors/sqlite'
    grep -nE '#include <(spdlog|boost/asio)' policies/*.cpp policies/*.hpp connectors/*.cpp connectors/*.hpp
    grep -nE '#include "[a-z_]+\.hpp"' policies/*.?pp connectors/*.?pp daemon/*.?pp
)
if [ -n "$stray" ]; then
    echo "includes against the direction daemon -> connectors -> policies -> std, or without their room:"
    echo "$stray"
    exit 1
fi
