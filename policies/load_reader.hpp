#pragma once
// Reads the keys of one TOML table with their types, and writes down what is wrong. A key is known because the loader
// asked for it, so a key that no code reads can never pass in silence: finish() reports it. Not thread-safe.

#include "policies/engine.hpp"
#include "policies/load_toml.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace retention {

// Every problem of one configuration, as it is found.
struct Findings {
    Problems problems;
    std::string category;         // that is being read; may be empty
    std::optional<Engine> engine; // of its store, where that is known

    void error(const Place&, std::string what, std::string hint = {});
    void warning(const Place&, std::string what, std::string hint = {});
};

// True of a name: something else than blanks, and no control characters.
bool is_one_line(std::string_view);

class TableReader {
public:
    // `owner` names the table in messages: "category 'contacts'", "a trigger". The node must outlive the reader.
    TableReader(const TomlNode& table, std::string owner, Findings&);

    // Each asks for one key. A value of the wrong type, or a blank one, is a problem and reads as nothing.
    const TomlNode* find(std::string_view key);
    bool has(std::string_view key) { return find(key) != nullptr; }
    std::optional<std::string> prose(std::string_view key); // text; line ends allowed
    std::optional<std::string> name(std::string_view key);  // text of one line
    std::vector<std::string> names(std::string_view key);   // one name or a list of them; none blank, none twice
    std::vector<std::string> lines(std::string_view key);   // the same with prose
    std::optional<bool> flag(std::string_view key);
    std::optional<std::int64_t> count(std::string_view key);   // a whole number above zero
    const TomlNode* table(std::string_view key);               // a table that is not empty
    std::vector<const TomlNode*> tables(std::string_view key); // [[key]], or a list of inline tables
    std::optional<std::size_t> choice(std::string_view key, const std::vector<std::string>& words); // index of the word
    std::optional<std::chrono::milliseconds> duration(std::string_view key, std::chrono::milliseconds longest);

    // A key that must be there. Says so, with the hint, and answers false where it is not.
    bool require(std::string_view key, const std::string& hint = {});
    // Keys that have no meaning here: each that is there is a problem, at the key.
    void refuse(const std::vector<std::string>& keys, const std::string& why, const std::string& hint = {});
    // A key whose part of the engine comes later. Read and validate it first.
    void not_yet(std::string_view key, const std::string& what);
    // Keys that nobody asked for.
    void finish();

    void error(const Place& place, std::string what, std::string hint = {}) {
        findings_.error(place, std::move(what), std::move(hint));
    }
    void warning(const Place& place, std::string what, std::string hint = {}) {
        findings_.warning(place, std::move(what), std::move(hint));
    }
    Place place() const { return table_.place; }
    Place key_place(std::string_view key); // of the key itself; of the table where it is not there
    Place value_place(std::string_view key);
    const std::string& owner() const { return owner_; }
    const TomlNode& node() const { return table_; }
    Findings& findings() { return findings_; }

private:
    const TomlEntry* entry(std::string_view key);
    std::optional<std::string> text_of(const TomlNode&, std::string_view key, bool one_line);
    std::vector<std::string> texts(std::string_view key, bool one_line);
    void wants(const TomlNode&, std::string_view key, const std::string& wanted, const std::string& hint = {});

    const TomlNode& table_;
    std::string owner_;
    Findings& findings_;
    std::vector<std::string> asked_;
};

} // namespace retention
