#include "policies/load_link.hpp"
#include "policies/load_related.hpp"

namespace retention {
namespace {

// About the record itself: either a `where` on its own columns, or `sql` that sees more.
void read_condition(TableReader& from, Unless& unless) {
    refuse_link_keys(from);
    unless.where = read_sql(from, "where", RuleSqlKind::condition);
    unless.sql = read_sql(from, "sql", RuleSqlKind::condition);
    if (from.has("where") && from.has("sql"))
        from.error(from.key_place("sql"), "`where` and `sql` both, in " + from.owner() + " without `table`",
                   "put both conditions into `sql`, with AND");
    if (!from.has("where") && !from.has("sql"))
        from.error(from.place(), from.owner() + " has no condition", "say `where`, `sql`, or a linked `table`");
}

Unless read_entry(const TomlNode& node, TableReader& category) {
    TableReader from(node, "`unless` of " + category.owner(), category.findings());
    Unless unless;
    unless.place = node.place;
    if (from.require("reason", "reports name the reason why a record stays"))
        unless.reason = from.name("reason").value_or("");
    if (from.has("table"))
        unless.link = read_link(from);
    else
        read_condition(from, unless);
    from.finish();
    return unless;
}

} // namespace

std::vector<Unless> read_unless(TableReader& category) {
    std::vector<Unless> result;
    for (const auto* node : category.tables("unless")) result.push_back(read_entry(*node, category));
    return result;
}

} // namespace retention
