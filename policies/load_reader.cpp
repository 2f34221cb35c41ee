#include "policies/load_reader.hpp"

#include "policies/load_hint.hpp"

#include <algorithm>
#include <charconv>

namespace retention {
namespace {

bool is_blank(std::string_view text) {
    return text.find_first_not_of(" \t\r\n\v\f") == std::string_view::npos;
}

bool has_control(std::string_view text, bool line_ends_too) {
    return std::any_of(text.begin(), text.end(), [&](char c) {
        const bool line_end = c == '\n' || c == '\r' || c == '\t';
        return ((static_cast<unsigned char>(c) < 0x20) && (line_ends_too || !line_end)) || c == 0x7F;
    });
}

std::string quoted(std::string_view key) {
    return "`" + std::string(key) + "`";
}

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const auto& word : words) text += (text.empty() ? "\"" : ", \"") + word + "\"";
    return text;
}

} // namespace

bool is_one_line(std::string_view text) {
    return !is_blank(text) && !has_control(text, true);
}

void Findings::error(const Place& place, std::string what, std::string hint) {
    problems.push_back({Severity::error, place, category, std::move(what), std::move(hint)});
}

void Findings::warning(const Place& place, std::string what, std::string hint) {
    problems.push_back({Severity::warning, place, category, std::move(what), std::move(hint)});
}

TableReader::TableReader(const TomlNode& table, std::string owner, Findings& findings)
    : table_(table), owner_(std::move(owner)), findings_(findings) {}

const TomlEntry* TableReader::entry(std::string_view key) {
    if (std::find(asked_.begin(), asked_.end(), key) == asked_.end()) asked_.emplace_back(key);
    const auto found = std::find_if(table_.entries.begin(), table_.entries.end(),
                                    [&](const TomlEntry& candidate) { return candidate.key == key; });
    return found == table_.entries.end() ? nullptr : &*found;
}

const TomlNode* TableReader::find(std::string_view key) {
    const auto* found = entry(key);
    return found ? &found->value : nullptr;
}

Place TableReader::key_place(std::string_view key) {
    const auto* found = entry(key);
    return found ? found->place : table_.place;
}

Place TableReader::value_place(std::string_view key) {
    const auto* found = find(key);
    return found ? found->place : table_.place;
}

void TableReader::wants(const TomlNode& found, std::string_view key, const std::string& wanted,
                        const std::string& hint) {
    error(found.place, quoted(key) + " of " + owner_ + " wants " + wanted + ", not " + found.describe(), hint);
}

std::optional<std::string> TableReader::text_of(const TomlNode& node, std::string_view key, bool one_line) {
    if (node.kind != TomlNode::Kind::text) {
        wants(node, key, "a text", "put it in quotes");
    } else if (is_blank(node.text)) {
        error(node.place, quoted(key) + " of " + owner_ + " is blank", "say what it is, or leave the key out");
    } else if (has_control(node.text, one_line)) {
        error(node.place, quoted(key) + " of " + owner_ + " has a control character in it");
    } else {
        return node.text;
    }
    return {};
}

std::optional<std::string> TableReader::prose(std::string_view key) {
    const auto* node = find(key);
    return node ? text_of(*node, key, false) : std::nullopt;
}

std::optional<std::string> TableReader::name(std::string_view key) {
    const auto* node = find(key);
    return node ? text_of(*node, key, true) : std::nullopt;
}

std::vector<std::string> TableReader::names(std::string_view key) {
    return texts(key, true);
}
std::vector<std::string> TableReader::lines(std::string_view key) {
    return texts(key, false);
}

std::vector<std::string> TableReader::texts(std::string_view key, bool one_line) {
    const auto* node = find(key);
    if (!node) return {};
    std::vector<const TomlNode*> items{node};
    if (node->kind == TomlNode::Kind::list) {
        items.clear();
        for (const auto& item : node->items) items.push_back(&item);
        if (items.empty()) error(node->place, quoted(key) + " of " + owner_ + " is an empty list", "leave the key out");
    }
    std::vector<std::string> result;
    for (const auto* item : items) {
        auto text = text_of(*item, key, one_line);
        if (!text) continue;
        if (std::find(result.begin(), result.end(), *text) != result.end())
            error(item->place, quoted(key) + " of " + owner_ + " names \"" + *text + "\" twice");
        else
            result.push_back(std::move(*text));
    }
    return result;
}

std::optional<bool> TableReader::flag(std::string_view key) {
    const auto* node = find(key);
    if (!node) return {};
    if (node->kind == TomlNode::Kind::boolean) return node->boolean;
    wants(*node, key, "true or false");
    return {};
}

std::optional<std::int64_t> TableReader::count(std::string_view key) {
    const auto* node = find(key);
    if (!node) return {};
    if (node->kind == TomlNode::Kind::integer && node->integer > 0) return node->integer;
    wants(*node, key, "a whole number above zero");
    return {};
}

const TomlNode* TableReader::table(std::string_view key) {
    const auto* node = find(key);
    if (!node) return nullptr;
    if (node->kind == TomlNode::Kind::table && !node->entries.empty()) return node;
    wants(*node, key, "a table with something in it");
    return nullptr;
}

std::vector<const TomlNode*> TableReader::tables(std::string_view key) {
    const auto* node = find(key);
    if (!node) return {};
    std::vector<const TomlNode*> result;
    if (node->kind != TomlNode::Kind::list || node->items.empty())
        wants(*node, key, "a list of tables", "write each one under its own [[…." + std::string(key) + "]]");
    for (const auto& item : node->items)
        if (item.kind == TomlNode::Kind::table)
            result.push_back(&item);
        else
            wants(item, key, "a list of tables");
    return result;
}

std::optional<std::size_t> TableReader::choice(std::string_view key, const std::vector<std::string>& words) {
    const auto text = name(key);
    if (!text) return {};
    const auto found = std::find(words.begin(), words.end(), *text);
    if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
    auto hint = did_you_mean(*text, words);
    wants(*find(key), key, (words.size() > 1 ? "one of " : "") + joined(words), hint);
    return {};
}

std::optional<std::chrono::milliseconds> TableReader::duration(std::string_view key,
                                                               std::chrono::milliseconds longest) {
    const auto text = name(key);
    if (!text) return {};
    std::int64_t number = 0;
    const auto* last = text->data() + text->size();
    const auto [rest, error_code] = std::from_chars(text->data(), last, number);
    auto unit = std::string_view(rest, static_cast<std::size_t>(last - rest));
    unit.remove_prefix(std::min(unit.find_first_not_of(' '), unit.size()));
    const std::int64_t factor = unit == "ms" ? 1 : unit == "s" ? 1000 : unit == "min" ? 60000 : 0;
    if (error_code == std::errc{} && factor > 0 && number > 0 && number <= longest.count() / factor)
        return std::chrono::milliseconds(number * factor);
    wants(*find(key), key,
          "a time above zero like \"100 ms\" or \"2 s\", at most " + std::to_string(longest.count() / 1000) + " s");
    return {};
}

bool TableReader::require(std::string_view key, const std::string& hint) {
    if (has(key)) return true;
    error(table_.place, owner_ + " has no " + quoted(key), hint);
    return false;
}

void TableReader::refuse(const std::vector<std::string>& keys, const std::string& why, const std::string& hint) {
    for (const auto& key : keys)
        if (has(key)) error(key_place(key), quoted(key) + " " + why, hint);
}

void TableReader::not_yet(std::string_view key, const std::string& what) {
    if (has(key)) error(key_place(key), what + " is not supported yet", "leave it out");
}

void TableReader::finish() {
    for (const auto& candidate : table_.entries)
        if (std::find(asked_.begin(), asked_.end(), candidate.key) == asked_.end())
            error(candidate.place, "unknown key `" + candidate.key + "` in " + owner_,
                  did_you_mean(candidate.key, asked_));
}

} // namespace retention
