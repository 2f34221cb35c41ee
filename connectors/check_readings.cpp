#include "connectors/check_readings.hpp"

#include "connectors/check_findings.hpp"

#include <algorithm>

namespace retention {

namespace {

class Reader {
public:
    explicit Reader(const Plan& plan) : plan_(plan) {}

    std::vector<Reading> read() {
        for (const RuleDate& date : dates_of(plan_)) read_date(date);
        if (plan_.period) read_period();
        for (const FollowedLink& link : links_of(plan_))
            if (!is_date_link(link)) read_link(link, Reading{});
        read_conditions();
        return std::move(readings_);
    }

private:
    bool is_date_link(const FollowedLink& link) const {
        const auto dates = dates_of(plan_);
        const bool period = plan_.period && plan_.period->link && link.link == &*plan_.period->link;
        return period || std::any_of(dates.begin(), dates.end(), [&](const RuleDate& date) {
                   return date.date->link && link.link == &*date.date->link;
               });
    }

    void read_date(const RuleDate& date) {
        Reading reading;
        reading.name = date.name;
        reading.place = date.place;
        reading.dates = true;
        const bool foreign = date.date->link || date.date->query;
        if (foreign && !date.is_fallback) reading.trigger = date.date;
        if (date.date->link) {
            read_link({&*date.date->link, plan_.table, nullptr, date.name, date.place}, reading, date.date->column);
        } else if (date.date->query) {
            mention(*date.date->query, reading, nullptr);
        } else if (date.date->column) {
            reading.holds_date = true;
            add_own({date.date->column->name}, reading);
        }
    }

    void read_period() {
        Reading reading;
        reading.name = "the period";
        reading.place = plan_.rule.place;
        reading.dates = true;
        if (const auto& link = plan_.period->link) {
            read_link({&*link, plan_.table, nullptr, reading.name, reading.place}, reading, plan_.period->column);
        } else if (plan_.period->column) {
            reading.holds_date = true;
            add_own({plan_.period->column->name}, reading);
        }
    }

    void add_own(std::vector<std::string> columns, Reading reading) {
        reading.table = plan_.table;
        reading.columns = std::move(columns);
        reading.own = true;
        readings_.push_back(std::move(reading));
    }

    // Of a related link only what lies between counts: its rows go with the record.
    void read_link(const FollowedLink& followed, Reading reading, const Column* column = nullptr) {
        reading.name = followed.purpose;
        reading.place = followed.place;
        const auto& hops = followed.link->hops;
        if (!followed.entry) add_own(hops.front().via, reading);
        for (std::size_t i = 0; i < hops.size(); ++i) {
            const bool last = i + 1 == hops.size();
            Reading hop = reading;
            hop.table = hops[i].table;
            hop.columns = hops[i].on;
            if (!last) hop.columns.insert(hop.columns.end(), hops[i + 1].via.begin(), hops[i + 1].via.end());
            if (last && column) hop.columns.push_back(column->name);
            hop.holds_date = last && column;
            if (hops[i].where) hop.words = words_of(hops[i].where->source);
            if (last && followed.link->sql) append(hop.words, words_of(followed.link->sql->source));
            if (hops[i].where) mention(*hops[i].where, reading, hop.table);
            if (last && followed.link->sql) mention(*followed.link->sql, reading, hop.table);
            if (!last || !followed.entry) add(std::move(hop));
        }
    }

    void read_conditions() {
        const Reading none;
        if (plan_.rule.where) mention(*plan_.rule.where, none, nullptr);
        for (const PlannedUnless& unless : plan_.unless)
            if (unless.condition) mention(*unless.condition, none, nullptr);
    }

    // Every table that the text may name, but the one that is read anyway. The record's own counts where other rows of
    // it are read, not only columns of the record.
    void mention(const RuleSql& sql, const Reading& like, const Table* besides) {
        const std::vector<SqlWord> words = words_of(sql.source);
        for (const Table& table : plan_.catalogue->tables) {
            if (&table == besides || !names_table(words, *plan_.catalogue, table)) continue;
            if (&table == plan_.table && !reads_from(words, *plan_.catalogue, table)) continue;
            Reading reading = like;
            reading.table = &table;
            reading.words = words;
            if (reading.name.empty()) reading.name = "a condition";
            add(std::move(reading));
        }
    }

    void add(Reading reading) {
        std::vector<const Table*> seen;
        follow_view(reading, seen);
        readings_.push_back(std::move(reading));
    }

    void follow_view(const Reading& reading, std::vector<const Table*>& seen) {
        const bool known = std::find(seen.begin(), seen.end(), reading.table) != seen.end();
        if (reading.table->kind != TableKind::view || known) return;
        seen.push_back(reading.table);
        const std::vector<SqlWord> source = words_of(reading.table->source);
        for (const Table& table : plan_.catalogue->tables) {
            if (&table == reading.table || !names_table(source, *plan_.catalogue, table)) continue;
            Reading behind = reading;
            behind.table = &table;
            behind.holds_date = false;
            append(behind.words, source);
            follow_view(behind, seen);
            readings_.push_back(std::move(behind));
        }
    }

    static void append(std::vector<SqlWord>& words, const std::vector<SqlWord>& more) {
        words.insert(words.end(), more.begin(), more.end());
    }

    const Plan& plan_;
    std::vector<Reading> readings_;
};

} // namespace

std::vector<Reading> readings_of(const Plan& plan) {
    return Reader(plan).read();
}

bool same_table(const Catalogue& catalogue, const Table& a, const Table& b) {
    return catalogue.same_name(a.name, b.name) && catalogue.same_name(a.schema, b.schema);
}

const ChangedColumn* column_taken(const Catalogue& catalogue, const Change& change, const Reading& reading) {
    for (const ChangedColumn& update : change.updates)
        if (has_name(catalogue, reading.columns, update.column->name) ||
            names_column(reading.words, catalogue, update.column->name))
            return &update;
    return nullptr;
}

bool takes(const Catalogue& catalogue, const Change& change, const Reading& reading) {
    if (!same_table(catalogue, *change.table, *reading.table)) return false;
    return (change.deletes && !reading.own) || column_taken(catalogue, change, reading);
}

bool takes_own_evidence(const Plan& plan) {
    for (const Reading& reading : readings_of(plan))
        for (const Change& change : changes_of(plan))
            if (!reading.own && takes(*plan.catalogue, change, reading)) return true;
    return false;
}

} // namespace retention
