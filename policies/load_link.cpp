#include "policies/load_link.hpp"

namespace retention {
namespace {

// As written: a name that is wrong in itself counts too.
std::size_t count_of(const TomlNode& names) {
    return names.kind == TomlNode::Kind::list ? names.items.size() : 1;
}

void check_columns(TableReader& from, const Hop& hop) {
    if (!from.has("on") && !from.has("via"))
        from.error(from.place(), from.owner() + " says no way from the record to its rows",
                   "a link needs `on` or `via`: on = \"the linked table's column that holds the record's key\"");
    if (!hop.on.empty() && !hop.via.empty() && count_of(*from.find("on")) != count_of(*from.find("via")))
        from.error(from.value_place("via"), "`on` and `via` of " + from.owner() + " name different numbers of columns",
                   "each column of `on` is compared with the column of `via` at the same place");
}

void read_hop(TableReader& from, Hop& hop) {
    hop.place = from.place();
    if (from.require("table")) hop.table = from.name("table").value_or("");
    hop.on = from.names("on");
    hop.via = from.names("via");
    hop.where = read_sql(from, "where", RuleSqlKind::condition);
    check_columns(from, hop);
}

// Where the store is not known, which is a problem of its own, the text may be of any engine.
std::optional<RuleSql> read_for_store(const std::string& text, RuleSqlKind kind, TableReader& from, const Place& place,
                                      std::string& why) {
    if (from.findings().engine) return read_rule_sql(text, kind, place, why, from.findings().engine);
    std::optional<RuleSql> sql;
    for (const auto engine : {Engine::mariadb, Engine::postgresql, Engine::sqlite})
        if (!sql) sql = read_rule_sql(text, kind, place, why, engine);
    return sql;
}

Hop read_through(const TomlNode& node, TableReader& outer) {
    TableReader from(node, "`through` of " + outer.owner(), outer.findings());
    Hop hop;
    read_hop(from, hop);
    from.refuse({"through"}, "cannot stand within `through`", "one link more between is all there is");
    from.finish();
    return hop;
}

} // namespace

std::optional<RuleSql> read_sql(TableReader& from, std::string_view key, RuleSqlKind kind) {
    const auto text = from.prose(key);
    if (!text) return {};
    std::string why;
    auto sql = read_for_store(*text, kind, from, from.value_place(key), why);
    if (!sql) from.error(from.value_place(key), "`" + std::string(key) + "` of " + from.owner() + ": " + why);
    return sql;
}

Link read_link(TableReader& from) {
    Link link;
    read_hop(from, link);
    link.sql = read_sql(from, "sql", RuleSqlKind::condition);
    if (const auto* through = from.table("through")) link.through = read_through(*through, from);
    return link;
}

void refuse_link_keys(TableReader& from) {
    from.has("table"); // a known key, for whoever misspelt it
    from.refuse({"on", "via", "through"}, "needs `table`", "name the linked table, or leave it out");
}

} // namespace retention
