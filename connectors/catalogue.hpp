#pragma once
// What a store says about itself: tables, columns, keys, foreign keys, indexes, triggers, views. Read once at the
// start of a run, then a plain value: everything that judges a rule (connectors/plan.hpp, check.hpp) is a pure function
// of it.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace retention {

// What two columns must share to be compared safely ('7abc' = 7 is true in MariaDB, '5' = 5 false in SQLite).
// `loose`: a SQLite column without a declared type; it is in a family with itself alone.
enum class TypeFamily {
    integer,
    real,
    text,
    binary,
    boolean,
    date,
    time_stamp,
    zoned_time_stamp,
    uuid,
    address,
    loose,
    other
};

struct Column {
    std::string name;
    std::string type; // as declared: "NVARCHAR(20)"
    TypeFamily family = TypeFamily::other;
    std::string collation; // empty where the type has none
    bool nullable = true;
    bool generated = false;
    bool updates_itself = false;       // MariaDB: ON UPDATE CURRENT_TIMESTAMP
    std::optional<std::size_t> length; // characters of text, bytes of binary
    // What its values may be, where the type lists them (enum, set): "'new','paid'". Empty elsewhere.
    std::string values;
};

enum class OnDelete { no_action, restrict, cascade, set_null, set_default };

struct ForeignKey {
    std::string name; // may be empty
    std::vector<std::string> columns;
    std::string schema, references;      // the table that it points at, as the catalogue spells it
    std::vector<std::string> referenced; // its columns; never empty, also where the declaration leaves them out
    OnDelete on_delete = OnDelete::no_action;
};

struct Index {
    std::string name;
    std::vector<std::string> columns; // in order; an expression is an empty name
    bool unique = false;
    bool partial = false;
};

enum class TriggerTiming { before, after, instead_of };
enum class TriggerEvent { insert, update, erase };

struct DatabaseTrigger {
    std::string name;
    TriggerTiming timing = TriggerTiming::before;
    TriggerEvent event = TriggerEvent::insert;
    std::vector<std::string> columns; // UPDATE OF these; empty: any
    bool ignores_row = false;         // SQLite RAISE(IGNORE), PostgreSQL RETURN NULL: the row silently stays
    std::string text;                 // its source
};

enum class TableKind { table, view, virtual_table };

// One range partition of a table: which rows it may hold, as the engine says it.
struct Partition {
    std::string schema, name; // PostgreSQL: of the table that it is; MariaDB: its name within the table
    std::string bounds;       // "FROM ('2020-01-01') TO ('2021-01-01')", "VALUES LESS THAN (738000)"
};
struct Partitioning {
    std::string method;               // "range", "list", "hash", …, in lower case
    std::vector<std::string> columns; // that it goes by; empty where an expression does
    std::string expression;           // "to_days(`at`)"; empty for plain columns
    std::vector<Partition> partitions;
};

struct Table {
    std::string schema; // "main" in SQLite
    std::string name;
    TableKind kind = TableKind::table;
    std::vector<Column> columns;
    std::vector<std::string> primary_key; // in key order; empty where none is declared
    std::vector<Index> indexes;           // the primary key's own among them where it has one
    std::vector<ForeignKey> foreign_keys; // that this table declares
    std::vector<DatabaseTrigger> triggers;
    bool without_rowid = false;
    std::string source; // CREATE statement, where the engine keeps one
    // Servers only.
    std::string engine;                // MariaDB: "InnoDB"; empty elsewhere
    bool transactional = true;         // false: what was deleted stays deleted after a rollback (MyISAM, Aria)
    bool hides_rows = false;           // row security applies to this user
    std::vector<std::string> children; // PostgreSQL: tables that inherit from it and are no partitions
    std::string partition_of;          // the table whose partition this is
    std::optional<Partitioning> partitioning;
    double estimated_rows = -1; // as the engine last counted or guessed; below 0: unknown

    const Column* find(std::string_view column) const; // as the engine compares names
    // True where the columns (any order) are the primary key or carry a unique index that is not partial.
    bool is_unique(const std::vector<std::string>& columns) const;
};

// Why nothing may be disposed of in this store as it stands: found when the catalogue is read.
struct ServerFault {
    enum class Kind {
        read_only,       // a standby, or a server that takes no writes
        weak_durability, // it may lose what it committed; `weak_durability = true` accepts it
        unsafe,          // a setting under which a promise would not hold
        unseen           // something that could bear on a rule and is hidden from this user: a warning
    } kind = Kind::unsafe;
    std::string what, hint;
};

struct Catalogue {
    std::vector<Table> tables;
    std::vector<ServerFault> faults;
    std::string server; // "PostgreSQL 15.2"; for a report
    std::string user;   // MariaDB: as whom the server knows us, "retentiond@localhost"
    bool names_ignore_case = true;
    bool native_dates = false; // columns have date types of their own; in SQLite a date is text or a number

    // By its name as configured: an exact name first, then schema.table; blanks and dots belong to names.
    const Table* find(std::string_view configured) const;
    const Table* find(std::string_view schema, std::string_view name) const;
    struct Reference {
        const Table* from;
        const ForeignKey* key;
    };
    // Every foreign key that points at the table, its own among them.
    std::vector<Reference> references_to(const Table&) const;
    bool same_name(std::string_view, std::string_view) const;
};

} // namespace retention
