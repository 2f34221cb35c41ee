#pragma once
// A password, from where the configuration says that it is: systemd's credentials, a file, the environment. Read anew
// for each connection, so that a changed one needs no restart; kept nowhere.

#include "policies/configuration.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace retention {

// The file of a credential. The unit loads a folder, and systemd puts a word before the names of the files in it:
// crm.password becomes retentiond_crm.password (systemd.exec(5), LoadCredential=). The bare name comes first.
std::filesystem::path credential_file(const std::filesystem::path& credentials, const std::string& name);

// Without the line end at its end. `credentials`: $CREDENTIALS_DIRECTORY; empty outside systemd's reach.
// Throws std::runtime_error that names the place and what to do, never the content: where there is nothing, or an
// empty one, more than 64 KiB, a NUL byte; where the file is no regular one, which could block.
std::string read_secret(const Secret&, const std::filesystem::path& credentials);

// What others than a file's owner may do with it, as a warning that names the file, its mode and what to do; empty
// where it is theirs alone, cannot be looked at, or lies in systemd's `credentials`. A file that root shares with one
// group (0640) is meant so: the service's user is in it.
struct OpenFile {
    std::string what, hint;
};
std::optional<OpenFile> open_to_others(const std::filesystem::path&, const std::filesystem::path& credentials);

} // namespace retention
