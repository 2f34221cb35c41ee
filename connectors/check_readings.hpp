#pragma once
// What a plan reads to decide what is due, table by table, and whether another plan takes that away. Pure.

#include "connectors/check_footprint.hpp"
#include "connectors/check_words.hpp"

#include <string>
#include <vector>

namespace retention {

struct Reading {
    const Table* table = nullptr;
    std::vector<std::string> columns; // that pair or hold the date
    std::vector<SqlWord> words;       // of the rule's SQL, or of a view, which may name more columns
    std::string name;                 // "the trigger 'calls.started_at'"
    Place place;
    bool own = false;                     // the record itself: where its row goes, the record goes
    bool dates = false;                   // its absence or change would move a record's day
    const PlannedDate* trigger = nullptr; // of a linked or sql trigger
    bool holds_date = false;              // the last of `columns` is the date, or the period
};
// Views are followed to the tables that they name.
std::vector<Reading> readings_of(const Plan&);

// The change removes rows that are read, or writes a column that is.
bool takes(const Catalogue&, const Change&, const Reading&);
// The first column that it writes and that is read; null where it takes rows.
const ChangedColumn* column_taken(const Catalogue&, const Change&, const Reading&);

// The same table, though each plan may have a catalogue of its own.
bool same_table(const Catalogue&, const Table&, const Table&);

// What the plan changes for one record is read for another: its own batches could change which records are due.
bool takes_own_evidence(const Plan&);

} // namespace retention
