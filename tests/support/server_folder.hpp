#pragma once
// Where a throw-away server keeps its data: in memory where there is room (a server's fsync then costs nothing, and
// tests with many small transactions take a fraction of their time), else in the system's temporary folder. TMPDIR says
// otherwise.

#include <filesystem>

namespace retention::test {

std::filesystem::path server_folder();

} // namespace retention::test
