// What is asked of the service and needs its stores: reports and stories of records, counted in the reading threads,
// one part a store.

#include "daemon/clock_guard.hpp"
#include "daemon/evidence.hpp"
#include "daemon/explain_record.hpp"
#include "daemon/metrics.hpp"
#include "daemon/service_core.hpp"

#include <boost/json/object.hpp>

#include <algorithm>
#include <functional>
#include <map>
#include <system_error>
#include <utility>

namespace retention {
namespace {

using enum ControlFault::Kind;

Report counted_store(const Configuration& configuration, const std::string& store, const ReportOrder& order,
                     const OpenStore& open) {
    const Date as_of = order.as_of.value();
    try {
        std::vector<StorePlans> plans;
        plans.push_back(plan_store(configuration, configuration.stores.at(store), as_of, order.categories, open));
        return make_report(configuration, plans, as_of);
    } catch (const std::exception& error) { // a fault of ours: its categories are in `failed` as well
        Report report;
        for (const auto& rule : configuration.rules)
            if (rule.store == store &&
                (order.categories.empty() || std::ranges::count(order.categories, rule.category) > 0))
                report.failed.push_back({rule.category, store, error.what()});
        return report;
    }
}

std::variant<std::string, ControlFault> explained(const Configuration& configuration, const ExplainOrder& order,
                                                  const OpenStore& open) {
    try {
        const auto& store = configuration.stores.at(configuration.find_rule(order.category)->store);
        const auto plans = plan_store(configuration, store, order.as_of.value(), {order.category}, open);
        return explain_record(plans, order.key, order.as_of.value());
    } catch (const NoSuchRecord& none) {
        return ControlFault(not_found, none.what(), none.hint);
    } catch (const std::exception& error) {
        const std::string what = error.what();
        const auto hint = what.find("\nhint: ");
        if (hint == std::string::npos) return ControlFault(failed, what);
        return ControlFault(failed, what.substr(0, hint), what.substr(hint + 7));
    }
}

} // namespace

// An answer that comes in parts, unless nobody waits for it any more. It comes in any case: where a lane was closed
// before, it says so. The io_context's thread alone lets go of it.
struct Service::Gathering {
    Gathering(Snapshot rules, Control::Answer to, std::shared_ptr<void> counts)
        : snapshot(std::move(rules)), answer(std::move(to)), place(std::move(counts)) {}
    Gathering(const Gathering&) = delete;
    Gathering& operator=(const Gathering&) = delete;

    Snapshot snapshot;
    Control::Answer answer;
    std::shared_ptr<void> place;                     // among the questions in hand
    std::map<std::string, Interrupter> interrupters; // of its own reads in each store, and of nobody else's
    std::size_t missing = 0;
    Report report;

    ~Gathering() {
        if (answer) answer(ControlFault(unavailable, "the store is configured no more, or the daemon stops"));
    }
    OpenStore open(const std::string& store, const Lane& lane) {
        return interrupters[store].wrap(lane.open_for_reads());
    }
    void done(std::variant<std::string, ControlFault> result) {
        place.reset();
        if (const auto once = std::exchange(answer, {})) once(std::move(result));
    }
    // In the order of the configuration, whichever store answered first.
    void add(const Report& part) {
        report.categories.insert(report.categories.end(), part.categories.begin(), part.categories.end());
        report.failed.insert(report.failed.end(), part.failed.begin(), part.failed.end());
        if (--missing > 0) return;
        const auto in_rules = [this](const auto& entry) { return snapshot->find_rule(entry.category); };
        std::ranges::sort(report.categories, std::less<>(), in_rules); // the rules are one array
        std::ranges::sort(report.failed, std::less<>(), in_rules);
        done(report_json(report));
    }
};

void Service::require_running() const {
    if (stopping_) throw ControlFault(unavailable, "the daemon is stopping", "try again when it has started anew");
}

// Nothing: it is answered with why not.
std::shared_ptr<Service::Gathering> Service::gathering(const std::vector<std::string>& categories, const Asker& asker,
                                                       Answer& answer) {
    try {
        require_running();
        require_categories(categories);
        auto place = places_.take(asker);
        return std::make_shared<Gathering>(configuration_, std::move(answer), std::move(place));
    } catch (const ControlFault& fault) {
        answer(fault);
        return nullptr;
    }
}

std::unique_ptr<Question> Service::question(const std::shared_ptr<Gathering>& gathering) {
    struct Asked : Question {
        Asked(Service& of, std::weak_ptr<Gathering> its) : service(of), gathering(std::move(its)) {}
        ~Asked() override {
            if (const auto still = gathering.lock()) service.give_up(*still);
        }
        Asked(const Asked&) = delete;
        Asked& operator=(const Asked&) = delete;
        Service& service;
        std::weak_ptr<Gathering> gathering; // which answers where the lanes let go of it
    };
    return std::make_unique<Asked>(*this, gathering);
}

void Service::give_up(Gathering& gathering) {
    if (!gathering.answer) return; // it was answered
    gathering.answer = {};
    gathering.place.reset();
    for (const auto& [name, store] : stores_)
        if (store->lane) store->lane->reads().withdraw(&gathering);
    try {
        for (auto& [name, interrupter] : gathering.interrupters) interrupter.interrupt();
    } catch (const std::system_error&) { // no thread for it: what reads ends before its next statement
    }
}

std::unique_ptr<Question> Service::report(const ReportOrder& asked, Answer answer) {
    auto gathering = this->gathering(asked.categories, asked.asker, answer);
    if (!gathering) return nullptr;
    ReportOrder order = asked;
    if (!order.as_of) order.as_of = today();
    gathering->report.as_of = *order.as_of;
    gathering->report.timezone = configuration_->zone.name();
    std::map<std::string, Lane*> lanes;
    for (const auto& [category, store] : order_for(order.categories, "").categories)
        lanes[store] = stores_.at(store)->lane.get();
    gathering->missing = lanes.size();
    if (lanes.empty()) return gathering->done(report_json(gathering->report)), nullptr;
    for (const auto& [store, lane] : lanes)
        lane->reads().post(
            [this, gathering, order, store = store, open = gathering->open(store, *lane)]() mutable {
                auto part = counted_store(*gathering->snapshot, store, order, open);
                at_io([gathering = std::move(gathering), part = std::move(part)] { gathering->add(part); });
            },
            gathering.get());
    return question(gathering);
}

std::unique_ptr<Question> Service::explain(const ExplainOrder& asked, Answer answer) {
    auto gathering = this->gathering({asked.category}, asked.asker, answer);
    if (!gathering) return nullptr;
    ExplainOrder order = asked;
    if (!order.as_of) order.as_of = today();
    const auto& store = configuration_->find_rule(order.category)->store;
    auto& lane = *stores_.at(store)->lane;
    lane.reads().post(
        [this, gathering, order, open = gathering->open(store, lane)]() mutable {
            auto story = explained(*gathering->snapshot, order, open);
            at_io([gathering = std::move(gathering), story = std::move(story)]() mutable {
                gathering->done(std::move(story));
            });
        },
        gathering.get());
    return question(gathering);
}

std::string Service::metrics() const {
    return metrics_text(status());
}

void Service::refused(const std::string& actor, const std::string& verb, const std::string& why) {
    guarded([&] {
        auto line = line_of_refusal({"", "", "", why, actor});
        line["verb"] = verb;
        const Instant last = log_.last_time();
        log_.append("refused", line, believable(now_(), last, false));
    });
}

} // namespace retention
