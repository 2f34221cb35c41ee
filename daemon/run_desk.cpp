#include "daemon/run_desk.hpp"

#include <algorithm>
#include <set>

namespace retention {
namespace {

// What two orders are compared by.
auto wish_of(const RunOrder& order, Date today) {
    const std::set<std::pair<std::string, std::string>> categories(order.categories.begin(), order.categories.end());
    return std::tuple(categories, order.as_of.value_or(today), order.limit, order.approved);
}

RunPart part_of(const RunOrder& order, const std::string& store, bool alone) {
    RunPart part;
    part.run = alone ? order.name : order.name + "." + store;
    part.order = order.name;
    part.store = store;
    part.actor = order.actor;
    part.scheduled = order.scheduled, part.approved = order.approved;
    part.as_of = order.as_of, part.limit = order.limit;
    part.ordered = order.ordered;
    for (const auto& [category, its_store] : order.categories)
        if (its_store == store) part.categories.push_back(category);
    return part;
}

} // namespace

std::optional<std::string> RunDesk::same(const RunOrder& order, Date today) const {
    for (const auto& [name, other] : orders_)
        if (wish_of(other, today) == wish_of(order, today)) return name;
    return std::nullopt;
}

std::vector<RunPart> RunDesk::put(const RunOrder& order) {
    std::set<std::string> stores;
    for (const auto& [category, store] : order.categories) stores.insert(store);
    std::vector<RunPart> parts;
    for (const auto& store : stores) parts.push_back(part_of(order, store, stores.size() == 1));
    if (!parts.empty()) orders_.insert_or_assign(order.name, order);
    waiting_.insert(waiting_.end(), parts.begin(), parts.end());
    return parts;
}

// With a limit, what one part leaves is the next one's: they follow one another.
bool RunDesk::its_turn(const RunPart& part) const {
    if (!part.limit) return true;
    const auto of_its_order = [&](const RunPart& other) { return other.order == part.order; };
    const auto first = std::ranges::find_if(waiting_, of_its_order);
    if (first != waiting_.end() && first->run != part.run) return false;
    return std::ranges::none_of(running_, [&](const auto& running) { return of_its_order(running.second); });
}

std::optional<RunPart> RunDesk::begin(const std::string& store, Instant now, const May& may) {
    if (running_.contains(store)) return std::nullopt;
    const auto found = std::ranges::find_if(
        waiting_, [&](const RunPart& part) { return part.store == store && its_turn(part) && may(part); });
    if (found == waiting_.end()) return std::nullopt;
    RunPart part = std::move(*found);
    waiting_.erase(found);
    part.through = now;
    running_.emplace(store, part);
    return part;
}

void RunDesk::end(const RunPart& part, std::int64_t disposed) {
    running_.erase(part.store);
    for (auto& other : waiting_)
        if (other.order == part.order && other.limit) other.limit = std::max<std::int64_t>(0, *other.limit - disposed);
    forget_if_ended(part.order);
}

std::vector<RunPart> RunDesk::withdraw(const std::string& name) {
    std::vector<RunPart> withdrawn;
    for (const auto& part : waiting_)
        if (part.order == name || part.run == name) withdrawn.push_back(part);
    std::erase_if(waiting_, [&](const RunPart& part) { return part.order == name || part.run == name; });
    for (const auto& part : withdrawn) forget_if_ended(part.order);
    return withdrawn;
}

std::vector<RunPart> RunDesk::withdraw_all() {
    auto withdrawn = std::exchange(waiting_, {});
    for (const auto& part : withdrawn) forget_if_ended(part.order);
    return withdrawn;
}

std::vector<RunPart> RunDesk::drop(const Stays& stays) {
    std::vector<RunPart> lost;
    for (auto& part : waiting_) {
        auto went = part;
        std::erase_if(went.categories, [&](const std::string& category) { return stays(part, category); });
        if (went.categories.empty()) continue;
        const auto is_gone = [&](const std::string& name) { return std::ranges::count(went.categories, name) > 0; };
        std::erase_if(part.categories, is_gone);
        std::erase_if(orders_.at(part.order).categories,
                      [&](const auto& one) { return one.second == part.store && is_gone(one.first); });
        lost.push_back(std::move(went));
    }
    std::erase_if(waiting_, [](const RunPart& part) { return part.categories.empty(); });
    for (const auto& part : lost) forget_if_ended(part.order);
    return lost;
}

bool RunDesk::waits(const std::string& run) const {
    return std::ranges::count(waiting_, run, &RunPart::run) > 0;
}

void RunDesk::forget_if_ended(const std::string& order) {
    const auto is_its = [&](const RunPart& part) { return part.order == order; };
    if (std::ranges::any_of(waiting_, is_its)) return;
    if (std::ranges::any_of(running_, [&](const auto& running) { return is_its(running.second); })) return;
    orders_.erase(order);
}

bool RunDesk::scheduled(const std::string& category) const {
    const auto has_it = [&](const RunPart& part) {
        return part.scheduled && std::ranges::count(part.categories, category) > 0;
    };
    return std::ranges::any_of(waiting_, has_it) ||
           std::ranges::any_of(running_, [&](const auto& running) { return has_it(running.second); });
}

} // namespace retention
