#include "policies/load_related.hpp"

#include "policies/load_hint.hpp"
#include "policies/load_link.hpp"

#include <algorithm>

namespace retention {
namespace {

enum RelatedWord { delete_word, anonymise_word, detach_word, keep_word, block_word };

Action action_of(std::size_t word) {
    constexpr Action meaning[] = {Action::erase, Action::anonymise, Action::detach, Action::keep, Action::keep};
    return meaning[word];
}

void read_action(TableReader& from, Related& entry) {
    const auto reason = from.name("reason");
    const auto masks_given = from.has("mask");
    entry.masks = read_masks(from);
    if (!from.require("action", "say delete, anonymise, detach or keep")) return;
    const auto word = from.choice("action", {"delete", "anonymise", "detach", "keep", "block"});
    if (!word) return;
    entry.action = action_of(*word);
    if (*word == anonymise_word && !masks_given)
        from.require("mask", "say what takes the place of each column: mask = { email = \"null\" }");
    if (*word != anonymise_word) from.refuse({"mask"}, "goes with action = \"anonymise\" only");
    if (*word != block_word) return from.refuse({"reason"}, "goes with action = \"block\" only");
    from.require("reason", "reports name the reason why a record stays");
    from.error(from.value_place("action"), "`action = \"block\"` is not supported yet",
               "leave the entry out, or keep the records with `unless`");
}

// also = [{ table, on }]: what else points at the rows.
void read_also(TableReader& from) {
    for (const auto* node : from.tables("also")) {
        TableReader also(*node, "`also` of " + from.owner(), from.findings());
        if (also.require("table")) also.name("table");
        if (also.require("on")) also.names("on");
        also.finish();
    }
    from.not_yet("also", "`also`");
}

struct Entry {
    Related related;
    Place name, of; // of the two texts
};

Entry read_entry(const TomlNode& node, TableReader& category) {
    TableReader from(node, "`related` of " + category.owner(), category.findings());
    Related entry;
    entry.place = node.place;
    entry.name = from.name("name").value_or("");
    entry.of = from.name("of").value_or("");
    entry.link = read_link(from);
    if (from.has("via") && !from.has("on")) from.not_yet("via", "`via` without `on` (rows that the record points at)");
    read_action(from, entry);
    read_also(from);
    from.finish();
    return {std::move(entry), from.value_place("name"), from.value_place("of")};
}

bool answers_to(const Related& entry, const std::string& name) {
    return entry.name == name || entry.link.table == name;
}

std::string source_of(const std::optional<RuleSql>& sql) {
    return sql ? sql->source : std::string{};
}

bool same_hop(const Hop& a, const Hop& b) {
    return a.table == b.table && a.on == b.on && a.via == b.via;
}

bool same_way(const Related& a, const Related& b) {
    if (a.of != b.of || !same_hop(a.link, b.link) || a.link.through.has_value() != b.link.through.has_value())
        return false;
    return !a.link.through || (same_hop(*a.link.through, *b.link.through) &&
                               source_of(a.link.through->where) == source_of(b.link.through->where));
}

bool takes_all(const Related& entry) {
    return !entry.link.where && !entry.link.sql;
}

class RelatedCheck {
public:
    RelatedCheck(const std::vector<Entry>& entries, TableReader& category) : entries_(entries), category_(category) {}

    void run() {
        for (std::size_t at = 0; at < entries_.size(); ++at) {
            name(at);
            of(at);
            reach(at);
        }
    }

private:
    void name(std::size_t at) {
        const auto& entry = entries_[at].related;
        for (std::size_t i = 0; i < entries_.size() && !entry.name.empty(); ++i) {
            const auto& other = entries_[i].related;
            const bool named_twice = i < at && other.name == entry.name;
            const bool other_table = i != at && other.link.table == entry.name && entry.link.table != entry.name;
            if (!named_twice && !other_table) continue;
            return category_.error(entries_[at].name,
                                   "two `related` entries of " + category_.owner() + " answer to \"" + entry.name +
                                       "\"",
                                   "give each its own `name`");
        }
    }

    void of(std::size_t at) {
        const auto& entry = entries_[at].related;
        const auto answers = [&](const Entry& other) { return answers_to(other.related, entry.of); };
        const auto above = entries_.begin() + static_cast<std::ptrdiff_t>(at);
        if (entry.of.empty() || std::any_of(entries_.begin(), above, answers)) return;
        const bool below = std::any_of(above + 1, entries_.end(), answers);
        category_.error(entries_[at].of, "`of` names no entry above: \"" + entry.of + "\"",
                        below ? "put this entry below that one" : did_you_mean(entry.of, names_above(at)));
    }

    void reach(std::size_t at) {
        for (std::size_t i = 0; i < at; ++i)
            if (takes_all(entries_[i].related) && same_way(entries_[i].related, entries_[at].related))
                return unreachable(entries_[at].related, entries_[i].related);
    }

    void unreachable(const Related& entry, const Related& above) {
        category_.error(entry.place, "this `related` entry of " + category_.owner() + " can never be reached",
                        "the entry at line " + std::to_string(above.place.line) + " takes every row of \"" +
                            entry.link.table + "\"; put entries with a `where` first");
    }

    std::vector<std::string> names_above(std::size_t at) const {
        std::vector<std::string> names;
        for (std::size_t i = 0; i < at; ++i) {
            names.push_back(entries_[i].related.link.table);
            if (!entries_[i].related.name.empty()) names.push_back(entries_[i].related.name);
        }
        return names;
    }

    const std::vector<Entry>& entries_;
    TableReader& category_;
};

} // namespace

std::vector<Related> read_related(TableReader& category) {
    std::vector<Entry> entries;
    for (const auto* node : category.tables("related")) entries.push_back(read_entry(*node, category));
    RelatedCheck(entries, category).run();
    std::vector<Related> result;
    for (auto& entry : entries) result.push_back(std::move(entry.related));
    return result;
}

} // namespace retention
