#pragma once
// The kinds of store.

#include <string_view>

namespace retention {

enum class Engine { sqlite, postgresql, mariadb };

// As messages name it: "SQLite".
constexpr std::string_view name_of(Engine engine) {
    switch (engine) {
    case Engine::sqlite:
        return "SQLite";
    case Engine::postgresql:
        return "PostgreSQL";
    case Engine::mariadb:
        break;
    }
    return "MariaDB";
}

} // namespace retention
