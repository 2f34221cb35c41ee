#pragma once
// Another process that has a SQLite file for itself, or reads in it, as a backup would, for as long as this lives.

#include <filesystem>
#include <sqlite3.h>
#include <stdexcept>

namespace retention::test {

class FileLock {
public:
    enum class Kind { exclusive, shared };
    explicit FileLock(const std::filesystem::path& file, Kind kind = Kind::exclusive) {
        const char* begin = kind == Kind::shared ? "BEGIN; SELECT count(*) FROM sqlite_master" : "BEGIN EXCLUSIVE";
        const bool locked = sqlite3_open_v2(file.c_str(), &other_, SQLITE_OPEN_READWRITE, nullptr) == SQLITE_OK &&
                            sqlite3_exec(other_, begin, nullptr, nullptr, nullptr) == SQLITE_OK;
        if (locked) return;
        sqlite3_close(other_);
        throw std::runtime_error("cannot lock " + file.string());
    }
    ~FileLock() { sqlite3_close(other_); }
    FileLock(const FileLock&) = delete;
    FileLock& operator=(const FileLock&) = delete;

private:
    sqlite3* other_ = nullptr;
};

} // namespace retention::test
