#include "policies/load_files.hpp"

#include "policies/load_toml.hpp"
#include "policies/toml_scan.hpp"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <glob.h>

namespace retention {
namespace {

namespace fs = std::filesystem;

constexpr const char* not_yours = "the user that retentiond runs as must be able to read it; anybody else may ask the "
                                  "running daemon (retentiond report --socket /run/retentiond/control.sock)";

// Up to one byte more than the scan accepts, so that it says what is wrong with a longer one.
std::optional<SourceText> read_file(const fs::path& file, const Place& named, Problems& problems) {
    std::error_code error;
    const auto fault = [&](const std::string& why, const std::string& hint) {
        problems.push_back({Severity::error, named, {}, "cannot read " + file.string() + ": " + why, hint});
        return std::nullopt;
    };
    const auto status = fs::status(file, error);
    if (error == std::errc::permission_denied) return fault("permission denied", not_yours);
    if (!fs::exists(status)) return fault(status.type() == fs::file_type::none ? error.message() : "no such file", "");
    if (!fs::is_regular_file(status)) return fault("not a regular file", "");
    errno = 0;
    std::ifstream in(file, std::ios::binary);
    std::string text(longest_toml + 1, '\0');
    if (!in) return fault(errno == EACCES ? "permission denied" : "it cannot be opened", not_yours);
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (in.bad()) return fault("reading failed", "");
    text.resize(static_cast<std::size_t>(in.gcount()));
    return SourceText{file.string(), std::move(text)};
}

std::vector<fs::path> matches(const fs::path& pattern) {
    glob_t found{};
    std::vector<fs::path> result;
    if (glob(pattern.c_str(), 0, nullptr, &found) == 0)
        for (std::size_t i = 0; i < found.gl_pathc; ++i) result.emplace_back(found.gl_pathv[i]);
    globfree(&found);
    return result;
}

// Where nothing matches: a folder may be out of reach.
bool is_denied(const fs::path& pattern) {
    std::error_code error;
    static_cast<void>(fs::status(pattern, error));
    glob_t found{};
    const int how = glob(
        pattern.c_str(), 0, [](const char*, int why) { return why == EACCES ? 1 : 0; }, &found);
    globfree(&found);
    return error == std::errc::permission_denied || how == GLOB_ABORTED;
}

struct Pattern {
    std::string text;
    Place place;
};

std::vector<Pattern> patterns_of(const SourceText& main) {
    std::vector<Pattern> result;
    const auto toml = read_toml(main.text, main.name);
    for (const auto& entry : toml.root.entries) {
        if (entry.key != "policies") continue;
        auto items = entry.value.items;
        if (items.empty()) items.push_back(entry.value);
        for (const auto& item : items)
            if (item.kind == TomlNode::Kind::text && item.text.find_first_not_of(" \t\r\n") != std::string::npos &&
                item.text.find('\0') == std::string::npos)
                result.push_back({item.text, item.place});
    }
    return result;
}

bool same_file(const fs::path& a, const fs::path& b) {
    std::error_code error;
    return fs::equivalent(a, b, error);
}

} // namespace

ConfigurationFiles read_files(const fs::path& main) {
    ConfigurationFiles files;
    files.main = read_file(main, {main.string(), 0, 0}, files.problems);
    if (!files.main) return files;
    for (const auto& pattern : patterns_of(*files.main)) {
        const auto found = matches(main.parent_path() / pattern.text);
        if (found.empty() && is_denied(main.parent_path() / pattern.text))
            files.problems.push_back({Severity::error,
                                      pattern.place,
                                      {},
                                      "cannot look for policy files \"" + pattern.text + "\": permission denied",
                                      not_yours});
        else if (found.empty())
            files.problems.push_back(
                {Severity::error,
                 pattern.place,
                 {},
                 "no policy file matches \"" + pattern.text + "\"",
                 "patterns are relative to " + (main.has_parent_path() ? main.parent_path().string() : ".")});
        for (const auto& file : found) {
            const bool read = std::any_of(files.policies.begin(), files.policies.end(),
                                          [&](const SourceText& other) { return same_file(other.name, file); });
            if (read || same_file(file, main)) continue;
            if (auto text = read_file(file, pattern.place, files.problems)) files.policies.push_back(std::move(*text));
        }
    }
    std::sort(files.policies.begin(), files.policies.end(),
              [](const SourceText& a, const SourceText& b) { return a.name < b.name; });
    return files;
}

} // namespace retention
