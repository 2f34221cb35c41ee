#pragma once
// SQL under construction: text and bound values in the order in which they stand, so that fragments can be put together
// in any order and repeated. Values never become text.

#include "connectors/value.hpp"

#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace retention {

class Sql {
public:
    Sql() = default;
    Sql(std::string text) { parts_.emplace_back(std::move(text)); } // NOLINT: a fragment is text
    Sql(const char* text) : Sql(std::string(text)) {}               // NOLINT
    static Sql value(Value v) {
        Sql sql;
        sql.parts_.emplace_back(std::move(v));
        return sql;
    }

    Sql& operator+=(const Sql& more) {
        for (const auto& part : more.parts_) {
            const auto* text = std::get_if<std::string>(&part);
            auto* last = parts_.empty() ? nullptr : std::get_if<std::string>(&parts_.back());
            if (text && last)
                *last += *text;
            else
                parts_.push_back(part);
        }
        return *this;
    }
    friend Sql operator+(Sql left, const Sql& right) {
        left += right;
        return left;
    }

    bool empty() const { return parts_.empty(); }
    const std::vector<std::variant<std::string, Value>>& parts() const { return parts_; }

private:
    std::vector<std::variant<std::string, Value>> parts_;
};

// "a, b, c" and "(a) AND (b)". An empty conjunction is `otherwise`.
Sql listed(const std::vector<Sql>&, const char* separator = ", ");
Sql all_of(const std::vector<Sql>&, const char* otherwise);
Sql any_of(const std::vector<Sql>&, const char* otherwise);

// Double quotes, doubled inside: the standard's form of any name.
std::string quoted(std::string_view name);
std::string qualified(std::string_view alias, std::string_view column);

} // namespace retention
