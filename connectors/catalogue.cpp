#include "connectors/catalogue.hpp"

#include <algorithm>

namespace retention {
namespace {

char lower(char letter) {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + ('a' - 'A')) : letter;
}

// Letters of ASCII alone: so SQLite does it, and no engine takes 'É' for 'é' in a name without a collation.
bool same_but_for_case(std::string_view left, std::string_view right) {
    return std::ranges::equal(left, right, {}, lower, lower);
}

template <typename Items, typename Matches>
auto first(const Items& items, Matches matches) -> decltype(items.data()) {
    const auto found = std::ranges::find_if(items, matches);
    return found == items.end() ? nullptr : &*found;
}

} // namespace

const Column* Table::find(std::string_view column) const {
    if (const auto* exact = first(columns, [&](const Column& own) { return own.name == column; })) return exact;
    return first(columns, [&](const Column& own) { return same_but_for_case(own.name, column); });
}

bool Table::is_unique(const std::vector<std::string>& of) const {
    // Two names may differ by case alone where the engine tells them apart: what find() makes of them counts.
    const auto same = [this](const std::string& left, const std::string& right) {
        const Column *one = find(left), *other = find(right);
        return one && other ? one == other : same_but_for_case(left, right);
    };
    const auto among = [&](const std::string& column) {
        return std::ranges::any_of(of, [&](const auto& given) { return same(given, column); });
    };
    // Where every column of a key is among the given ones, no two rows agree in all of these.
    const auto covers = [&](const std::vector<std::string>& key) {
        return !key.empty() && std::ranges::all_of(key, among);
    };
    return covers(primary_key) || std::ranges::any_of(indexes, [&](const Index& index) {
               return index.unique && !index.partial && covers(index.columns);
           });
}

bool Catalogue::same_name(std::string_view left, std::string_view right) const {
    return names_ignore_case ? same_but_for_case(left, right) : left == right;
}

const Table* Catalogue::find(std::string_view configured) const {
    if (const auto* exact = first(tables, [&](const Table& table) { return table.name == configured; })) return exact;
    const auto same = [&](const Table& table) { return same_name(table.name, configured); };
    if (const auto* found = first(tables, same)) return found;
    for (auto dot = configured.find('.'); dot != configured.npos; dot = configured.find('.', dot + 1))
        if (const auto* found = find(configured.substr(0, dot), configured.substr(dot + 1))) return found;
    return nullptr;
}

const Table* Catalogue::find(std::string_view schema, std::string_view name) const {
    const auto exact = [&](const Table& table) { return table.schema == schema && table.name == name; };
    if (const auto* found = first(tables, exact)) return found;
    return first(tables,
                 [&](const Table& table) { return same_name(table.schema, schema) && same_name(table.name, name); });
}

std::vector<Catalogue::Reference> Catalogue::references_to(const Table& table) const {
    std::vector<Reference> references;
    for (const auto& from : tables)
        for (const auto& key : from.foreign_keys)
            if (same_name(key.schema, table.schema) && same_name(key.references, table.name))
                references.push_back({&from, &key});
    return references;
}

} // namespace retention
