#include "tests/support/rules_from_toml.hpp"

#include "policies/loader.hpp"

#include <stdexcept>

namespace retention::test {
namespace {

std::string all_of(const Problems& problems) {
    std::string text;
    for (const auto& problem : problems)
        if (problem.severity == Severity::error) text += to_string(problem) + "\n";
    return text;
}

void add(std::vector<RelatedCount>& to, const std::vector<RelatedCount>& more) {
    if (to.empty())
        to = more;
    else
        for (std::size_t i = 0; i < more.size(); ++i) to.at(i).records += more[i].records;
}

} // namespace

Configuration rules_from_toml(const std::string& categories, const std::filesystem::path& database,
                              const Zones& zones) {
    const SourceText main{"retentiond.toml",
                          "timezone = \"" + zones.here +
                              "\"\nfinancial_year_ends = \"31 March\"\n[stores.shop]\nurl = \"sqlite://" +
                              database.string() + "\"\ntimezone = \"" + zones.store + "\"\n"};
    auto loaded = read_configuration(main, {{"rules.toml", categories}}, {});
    if (!loaded.configuration) throw std::runtime_error(all_of(loaded.problems) + categories);
    return std::move(*loaded.configuration);
}

Configuration rules_from_toml(const std::string& categories, const StoreSettings& store, const Zones& zones) {
    auto configuration = rules_from_toml(categories, std::filesystem::path("/no/such/file"), zones);
    auto& shop = configuration.stores.at("shop");
    const Zone zone = shop.zone;
    shop = store;
    shop.name = "shop";
    shop.zone = zone;
    return configuration;
}

std::shared_ptr<Plan> plan_on(Session& session, const Rule& rule, Date as_of) {
    auto planned = make_plan(rule, std::make_shared<Catalogue>(session.catalogue()), as_of);
    if (!planned.plan) throw std::runtime_error(all_of(planned.problems));
    session.complete(*planned.plan);
    return planned.plan;
}

Date day(const std::string& text) {
    return parse_date(text).value();
}

Bench::Bench(const std::filesystem::path& database, const std::string& category, const std::string& as_of,
             const Zones& zones, Access access)
    : configuration(rules_from_toml("[categories.records]\nstore = \"shop\"\n" + category, database, zones))
    , connector(make_connector(configuration.stores.at("shop"), configuration.zone))
    , session(connector->open(access))
    , plan(plan_on(*session, configuration.rules.at(0), day(as_of))) {
    if (access == Access::read_write) session->prepare_witnesses();
}

std::vector<std::string> Bench::purge(std::size_t most) {
    std::vector<std::string> keys;
    related.clear();
    const auto walk = session->walk(*plan);
    for (auto batch = walk->dispose(most); !batch.empty(); batch = walk->dispose(most)) {
        for (const auto& key : batch.keys) {
            std::string text;
            for (const auto& part : key) text += (text.empty() ? "" : ",") + part;
            keys.push_back(text);
        }
        add(related, batch.related);
        walk->commit({to_string(plan->cutoffs.as_of) + "." + std::to_string(++batches),
                      static_cast<std::int64_t>(batch.keys.size()),
                      {},
                      "head"});
    }
    return keys;
}

} // namespace retention::test
