#include "connectors/mariadb_schema.hpp"

#include "connectors/mariadb_trigger.hpp"
#include "connectors/mariadb_type.hpp"

#include <utility>

namespace retention {

namespace {

std::string text(const Rows& row, std::size_t column) {
    return std::string(row.text(column));
}

std::string lower(std::string word) {
    for (auto& letter : word)
        if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter + ('a' - 'A'));
    return word;
}

class Reader {
public:
    Reader(Database& database, const MariadbFlavour& flavour, std::string schema, Catalogue& catalogue)
        : database_(database), flavour_(flavour), schema_(std::move(schema)), catalogue_(catalogue) {}

    void read_tables(const std::set<std::string>& only);
    void read_views();
    void read_columns();
    void read_indexes();
    void read_partitions();
    void read_triggers();

private:
    // `select` up to WHERE; `column` holds the schema. Rows of tables that are not read are passed over: column 0 is
    // the table.
    template <class Read>
    void each(const char* select, const char* column, const char* rest, Read read) {
        const Sql sql = select + Sql(" WHERE ") + column + " = " + Sql::value(schema_) + rest;
        read_rows(database_, sql, [&](const Rows& row) {
            if (const auto found = tables_.find(text(row, 0)); found != tables_.end())
                read(catalogue_.tables[found->second], row);
        });
    }
    void read_column(Column&, const Rows&) const;

    Database& database_;
    const MariadbFlavour& flavour_;
    std::string schema_;
    Catalogue& catalogue_;
    std::map<std::string, std::size_t> tables_; // by name: where in the catalogue
};

void Reader::read_tables(const std::set<std::string>& only) {
    const Sql sql = "SELECT TABLE_NAME, TABLE_TYPE, ENGINE, TABLE_ROWS FROM information_schema.TABLES "
                    "WHERE TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED', 'VIEW') AND TABLE_SCHEMA = " +
                    Sql::value(schema_) + " ORDER BY TABLE_NAME";
    read_rows(database_, sql, [&](const Rows& row) {
        if (!only.empty() && !only.contains(text(row, 0))) return;
        tables_[text(row, 0)] = catalogue_.tables.size();
        Table& table = catalogue_.tables.emplace_back();
        table.schema = schema_;
        table.name = text(row, 0);
        table.kind = row.text(1) == "VIEW" ? TableKind::view : TableKind::table;
        if (row.text(1) == "SYSTEM VERSIONED") table.source = "SYSTEM VERSIONED";
        table.engine = text(row, 2);
        const auto engine = flavour_.engines.find(table.engine);
        table.transactional = table.kind == TableKind::view || (engine != flavour_.engines.end() && engine->second);
        if (!row.is_null(3)) table.estimated_rows = static_cast<double>(row.integer(3));
    });
}

void Reader::read_views() {
    each("SELECT TABLE_NAME, VIEW_DEFINITION FROM information_schema.VIEWS", "TABLE_SCHEMA", "",
         [](Table& table, const Rows& row) { table.source = mariadb_plain(row.text(1), true); });
}

void Reader::read_column(Column& column, const Rows& row) const {
    column.name = text(row, 1);
    column.type = text(row, 3);
    column.family = mariadb_family(lower(text(row, 2)));
    column.values = mariadb_values(column.type);
    column.collation = text(row, 4);
    column.nullable = row.text(5) == "YES";
    column.generated = !row.text(9).empty(); // MySQL says DEFAULT_GENERATED in EXTRA of what is not
    column.updates_itself = lower(text(row, 8)).find("on update") != std::string::npos;
    if (row.is_null(6)) return;
    // CHARACTER_MAXIMUM_LENGTH counts the bytes of TEXT as letters.
    const auto letter = flavour_.longest_letter.find(text(row, 7));
    const std::size_t bytes_of_letter = letter == flavour_.longest_letter.end() ? 1 : letter->second;
    column.length = static_cast<std::size_t>(row.integer(6)) / bytes_of_letter;
}

void Reader::read_columns() {
    each("SELECT TABLE_NAME, COLUMN_NAME, DATA_TYPE, COLUMN_TYPE, COLLATION_NAME, IS_NULLABLE, "
         "CHARACTER_OCTET_LENGTH, CHARACTER_SET_NAME, EXTRA, GENERATION_EXPRESSION FROM information_schema.COLUMNS",
         "TABLE_SCHEMA", " ORDER BY TABLE_NAME, ORDINAL_POSITION",
         [&](Table& table, const Rows& row) { read_column(table.columns.emplace_back(), row); });
}

// An index over the first letters of a column lets still fewer rows be alike than one over all of it: unique stays
// unique. Full-text and spatial ones find no value; ignored ones are not used and not looked up by their name.
void Reader::read_indexes() {
    const std::string used = flavour_.mysql ? "IS_VISIBLE = 'YES'" : "IGNORED = 'NO'";
    const std::string rest = " AND (" + used + " OR NON_UNIQUE = 0)" +
                             " AND INDEX_TYPE NOT IN ('FULLTEXT', 'SPATIAL', 'VECTOR')"
                             " ORDER BY TABLE_NAME, INDEX_NAME <> 'PRIMARY', INDEX_NAME, SEQ_IN_INDEX";
    each("SELECT TABLE_NAME, INDEX_NAME, NON_UNIQUE, COLUMN_NAME FROM information_schema.STATISTICS", "TABLE_SCHEMA",
         rest.c_str(), [](Table& table, const Rows& row) {
             const std::string name = text(row, 1), column = text(row, 3);
             if (table.indexes.empty() || table.indexes.back().name != name) {
                 Index& index = table.indexes.emplace_back();
                 index.name = name;
                 index.unique = row.integer(2) == 0;
             }
             table.indexes.back().columns.push_back(column);
             if (name == "PRIMARY") table.primary_key.push_back(column);
         });
}

std::string bounds_of(const std::string& method, const Rows& row) {
    const std::string description = text(row, 4);
    if (row.is_null(4)) return "";
    if (method == "range" && description == "MAXVALUE") return "VALUES LESS THAN MAXVALUE";
    if (method.starts_with("range")) return "VALUES LESS THAN (" + description + ")";
    return method.starts_with("list") ? "VALUES IN (" + description + ")" : description;
}

void read_partition(Table& table, const Rows& row) {
    if (!table.partitioning) {
        table.partitioning.emplace();
        table.partitioning->method = lower(text(row, 2));
        table.partitioning->columns = mariadb_names(row.text(3));
        if (table.partitioning->columns.empty()) table.partitioning->expression = text(row, 3);
    }
    const std::string name = text(row, 1), within = lower(text(row, 5));
    auto& partitions = table.partitioning->partitions;
    if (!partitions.empty() && partitions.back().name == name) return; // another sub-partition of it
    std::string bounds = bounds_of(table.partitioning->method, row);
    if (!within.empty()) bounds += " (subpartitions by " + within + ")";
    partitions.push_back({table.schema, name, bounds});
}

void Reader::read_partitions() {
    each("SELECT TABLE_NAME, PARTITION_NAME, PARTITION_METHOD, PARTITION_EXPRESSION, PARTITION_DESCRIPTION, "
         "SUBPARTITION_METHOD FROM information_schema.PARTITIONS",
         "TABLE_SCHEMA",
         " AND PARTITION_NAME IS NOT NULL "
         "ORDER BY TABLE_NAME, PARTITION_ORDINAL_POSITION, SUBPARTITION_ORDINAL_POSITION",
         read_partition);
}

void Reader::read_triggers() {
    each("SELECT EVENT_OBJECT_TABLE, TRIGGER_NAME, ACTION_TIMING, EVENT_MANIPULATION, ACTION_STATEMENT "
         "FROM information_schema.TRIGGERS",
         "EVENT_OBJECT_SCHEMA", " ORDER BY EVENT_OBJECT_TABLE, EVENT_MANIPULATION, ACTION_TIMING, ACTION_ORDER",
         [](Table& table, const Rows& row) {
             const MariadbTrigger trigger{text(row, 1), text(row, 2), text(row, 3), row.is_null(4), text(row, 4)};
             for (auto& read : read_mariadb_trigger(table, trigger)) table.triggers.push_back(std::move(read));
         });
}

} // namespace

void read_rows(Database& database, const Sql& sql, const std::function<void(const Rows&)>& read) {
    const auto rows = database.query(sql, "read the catalogue");
    while (rows->next()) read(*rows);
}

MariadbFlavour read_mariadb_flavour(Database& database, bool mysql) {
    MariadbFlavour flavour;
    flavour.mysql = mysql;
    read_rows(database, "SELECT ENGINE, TRANSACTIONS FROM information_schema.ENGINES",
              [&](const Rows& row) { flavour.engines[text(row, 0)] = row.text(1) == "YES"; });
    read_rows(database, "SELECT CHARACTER_SET_NAME, MAXLEN FROM information_schema.CHARACTER_SETS",
              [&](const Rows& row) {
                  if (row.integer(1) > 0)
                      flavour.longest_letter[text(row, 0)] = static_cast<std::size_t>(row.integer(1));
              });
    return flavour;
}

void read_mariadb_schema(Database& database, const MariadbFlavour& flavour, const std::string& schema,
                         const std::set<std::string>& only, Catalogue& catalogue) {
    Reader reader(database, flavour, schema, catalogue);
    reader.read_tables(only);
    reader.read_views();
    reader.read_columns();
    reader.read_indexes();
    reader.read_partitions();
    reader.read_triggers();
}

} // namespace retention
