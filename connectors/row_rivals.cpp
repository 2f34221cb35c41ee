// RowSets: which entry has a row that several reach.

#include "connectors/connector.hpp"
#include "connectors/rivals.hpp"
#include "connectors/row_columns.hpp"
#include "connectors/row_sets.hpp"

#include <algorithm>

namespace retention {

// A row that the entry lost is not gathered for it again, though what it lost it to may not be in this batch.
Sql RowSets::not_lost(const Set& set, const std::vector<Sql>& row) const {
    std::vector<Sql> same;
    for (std::size_t i = 0; i < row.size(); ++i)
        same.push_back("retentiond_lost." + Sql(identity_column(i)) + " = " + row[i]);
    return "NOT EXISTS (SELECT 1 FROM " + Sql(dialect_.temporary(set.lost())) + " AS retentiond_lost WHERE " +
           all_of(same, "1 = 1") + ")";
}

// The rows that both sets hold: what follows SELECT … or DELETE.
Sql RowSets::in_both(const Set& weak, const Set& strong) const {
    const Sql columns = names(identity_column, weak.identity.size());
    const Sql row = weak.identity.size() == 1 ? columns : "(" + columns + ")";
    return " FROM " + temporary(weak) + " WHERE " + row + " IN " + select_identity(strong);
}

// Each row stays in one set, but for those that give up several links. Returns the sets that lost rows. What is lost is
// noted for all before any of it leaves its set: a row that leaves it for another delete may be lost to a third as
// well.
std::vector<std::size_t> RowSets::reconcile() {
    const std::string what = "settle rows reached twice";
    std::vector<std::size_t> losers;
    const auto each_pair = [&](const auto& does) {
        for (std::size_t weak = 0; weak < entries_.size(); ++weak)
            for (std::size_t strong = 0; strong < entries_.size(); ++strong)
                if (beats(plan_, strong, weak)) does(weak, strong);
    };
    each_pair([&](std::size_t weak, std::size_t strong) {
        if (!beats_across_records(plan_, strong, weak)) return;
        const Set& set = entries_[weak];
        const Sql rows = "SELECT " + names(identity_column, set.identity.size()) + in_both(set, entries_[strong]);
        database_.execute(dialect_.add_rows(set.lost(), columns_named(identity_column, set.identity.size()), rows),
                          what);
    });
    each_pair([&](std::size_t weak, std::size_t strong) {
        if (database_.execute("DELETE" + in_both(entries_[weak], entries_[strong]), what) > 0) losers.push_back(weak);
    });
    return losers;
}

void RowSets::judge_whole(const Sql& condition) {
    database_.begin_snapshot();
    try {
        select_records(condition);
        collect();
        for (const Set& set : entries_) empty(set.name);
        database_.commit();
    } catch (...) {
        database_.rollback();
        throw;
    }
    whole_ = true;
}

void RowSets::collect() {
    if (shares_ && !whole_)
        for (const Set& set : entries_) empty(set.lost());
    join_due_records();
    for (std::size_t i = 0; i < entries_.size(); ++i) collect_entry(i);
    // What hangs on a row that stays after all is gathered again; as deep as entries can stand below each other.
    std::vector<std::size_t> losers = reconcile();
    for (std::size_t depth = 0; depth < entries_.size() && !losers.empty(); ++depth) {
        bool again = false;
        for (std::size_t i = 0; i < entries_.size(); ++i) {
            const auto& parents = plan_.related[i].parents;
            if (std::none_of(parents.begin(), parents.end(), [&](std::size_t parent) {
                    return std::find(losers.begin(), losers.end(), parent) != losers.end();
                }))
                continue;
            collect_entry(i);
            losers.push_back(i);
            again = true;
        }
        if (!again) return;
        losers = reconcile();
    }
}

} // namespace retention
