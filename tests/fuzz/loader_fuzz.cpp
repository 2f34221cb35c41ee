// Feeds bytes to the loader, as the main file, as a policy file and as rule SQL: whatever they are, it answers, and a
// refusal has a place. Run: fuzz_loader -max_total_time=600 CORPUS policies policies/example

#include "policies/loader.hpp"

#include <cstdlib>

using namespace retention;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

void feed_configuration(const SourceText& main, const std::vector<SourceText>& policies) {
    const auto loaded = read_configuration(main, policies, {});
    require(loaded.configuration.has_value() != has_errors(loaded.problems));
    for (const auto& problem : loaded.problems) {
        require(problem.place.line > 0 && problem.place.column > 0);
        require(!problem.what.empty());
    }
    if (!loaded.configuration) return;
    for (const auto& rule : loaded.configuration->rules) require(!canonical_text(rule).empty());
}

void feed_sql(const std::string& text, RuleSqlKind kind) {
    std::string why;
    const auto sql = read_rule_sql(text, kind, {"fuzz", 1, 1}, why);
    require(sql.has_value() == why.empty());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const SourceText main{"main.toml", "timezone = \"UTC\"\n[stores.crm]\nurl = \"sqlite:///crm.db\"\n"};
    const std::string text(reinterpret_cast<const char*>(data), size);
    feed_configuration({"fuzz.toml", text}, {});
    feed_configuration(main, {{"policy.toml", text}});
    feed_sql(text, RuleSqlKind::condition);
    feed_sql(text, RuleSqlKind::query);
    return 0;
}
