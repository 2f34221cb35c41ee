#include "policies/load_toml.hpp"

#include "policies/toml_scan.hpp"

#include <algorithm>
#include <optional>
#include <sstream>
#include <toml++/toml.h>
#include <tuple>

namespace retention {
namespace {

Place place_of(const toml::source_region& region, const std::string& file) {
    return {file, region.begin.line, region.begin.column};
}

template <class Value>
std::string written(const Value& value) {
    std::ostringstream out;
    out << value;
    return out.str();
}

// What the conversion knows and finds on its way.
struct Conversion {
    const std::string& file;
    std::optional<Problem> fault; // the first table or list that is too long
};

TomlNode node_of(const toml::node&, Conversion&);

// Some checks compare every entry with every other: this keeps them from taking minutes.
bool too_long(std::size_t entries, const Place& place, Conversion& conversion) {
    if (entries <= most_toml_entries) return false;
    if (!conversion.fault)
        conversion.fault = Problem{
            Severity::error, place, {}, "more than 4,096 entries in one table or list", "divide the file into several"};
    return true;
}

void read_value(const toml::node& node, TomlNode& to) {
    using Kind = TomlNode::Kind;
    if (const auto* text = node.as_string()) {
        to.kind = Kind::text;
        to.text = text->get();
    } else if (const auto* integer = node.as_integer()) {
        to.kind = Kind::integer;
        to.integer = integer->get();
    } else if (const auto* real = node.as_floating_point()) {
        to.kind = Kind::real;
        to.real = real->get();
        to.text = written(real->get());
    } else if (const auto* boolean = node.as_boolean()) {
        to.kind = Kind::boolean;
        to.boolean = boolean->get();
    } else if (const auto* date = node.as_date()) {
        to.kind = Kind::date;
        to.text = written(date->get());
    } else {
        to.kind = Kind::other_time;
    }
}

void read_table(const toml::table& table, TomlNode& to, Conversion& conversion) {
    to.kind = TomlNode::Kind::table;
    if (too_long(table.size(), to.place, conversion)) return;
    for (auto&& [key, value] : table)
        to.entries.push_back(
            {std::string(key.str()), place_of(key.source(), conversion.file), node_of(value, conversion)});
    std::stable_sort(to.entries.begin(), to.entries.end(), [](const TomlEntry& a, const TomlEntry& b) {
        return std::tie(a.place.line, a.place.column) < std::tie(b.place.line, b.place.column);
    });
}

TomlNode node_of(const toml::node& node, Conversion& conversion) {
    TomlNode result;
    result.place = place_of(node.source(), conversion.file);
    if (const auto* table = node.as_table()) {
        read_table(*table, result, conversion);
    } else if (const auto* list = node.as_array()) {
        result.kind = TomlNode::Kind::list;
        if (too_long(list->size(), result.place, conversion)) return result;
        for (auto&& item : *list) result.items.push_back(node_of(item, conversion));
    } else {
        read_value(node, result);
    }
    return result;
}

} // namespace

std::string TomlNode::describe() const {
    switch (kind) {
    case Kind::text:
        return text.size() <= 40 ? "the text \"" + text + "\"" : "a text";
    case Kind::integer:
        return "the number " + std::to_string(integer);
    case Kind::real:
        return "the number " + text;
    case Kind::boolean:
        return boolean ? "true" : "false";
    case Kind::date:
        return "the date " + text;
    case Kind::other_time:
        return "a time";
    case Kind::list:
        return items.empty() ? "an empty list" : "a list";
    case Kind::table:
        break;
    }
    return entries.empty() ? "an empty table" : "a table";
}

TomlText read_toml(std::string_view text, const std::string& file) {
    TomlText result;
    if (auto fault = scan_toml(text, file)) {
        result.problem = std::move(*fault);
        return result;
    }
    try {
        Conversion conversion{file, {}};
        result.root = node_of(toml::parse(text, std::string_view(file)), conversion);
        result.root.place = {file, 1, 1};
        result.valid = !conversion.fault.has_value();
        if (conversion.fault) result.problem = std::move(*conversion.fault);
    } catch (const toml::parse_error& error) {
        result.problem = {Severity::error,
                          place_of(error.source(), file),
                          {},
                          "not valid TOML: " + std::string(error.description()),
                          {}};
    }
    return result;
}

} // namespace retention
