#include "policies/rule_sql.hpp"

#include "policies/rule_sql_refusals.hpp"
#include "policies/rule_sql_tokens.hpp"

#include <algorithm>

namespace retention {
namespace {

using Kind = SqlToken::Kind;

// The word with which the text begins, if it begins with one.
std::string first_word(const std::vector<SqlToken>& tokens) {
    const auto first =
        std::find_if(tokens.begin(), tokens.end(), [](const auto& token) { return token.kind != Kind::blank; });
    return first != tokens.end() && first->kind == Kind::word ? lower_case(first->text) : std::string{};
}

std::optional<std::string> wrong_kind(const std::vector<SqlToken>& tokens, RuleSqlKind kind) {
    const auto says_something = [](const SqlToken& token) {
        return token.kind != Kind::blank && token.kind != Kind::sign;
    };
    if (std::none_of(tokens.begin(), tokens.end(), says_something)) return "it is empty but for blanks and comments";
    const auto first = first_word(tokens);
    const bool selects = first == "select" || first == "with";
    if (kind == RuleSqlKind::query && !selects) return "a query must begin with SELECT or WITH";
    if (kind == RuleSqlKind::condition && (selects || first == "values"))
        return "a condition is wanted, not a query: EXISTS (SELECT …) is one";
    return {};
}

void append(RuleSql::Parts& parts, const SqlToken& token) {
    if (token.kind == Kind::placeholder) {
        parts.emplace_back(token.placeholder);
    } else if (!parts.empty() && std::holds_alternative<std::string>(parts.back())) {
        std::get<std::string>(parts.back()) += token.text;
    } else {
        parts.emplace_back(token.text);
    }
}

std::optional<RuleSql::Parts> parts_of(std::string_view text, RuleSqlKind kind, Engine engine, std::string& why) {
    const auto tokens = read_sql_tokens(text, engine, why);
    if (!tokens) return {};
    auto fault = wrong_kind(*tokens, kind);
    if (!fault) fault = forbidden_in_rule(*tokens, engine);
    if (fault) {
        why = *fault;
        return {};
    }
    RuleSql::Parts parts;
    for (const auto& token : *tokens) append(parts, token);
    return parts;
}

std::optional<RuleSql::Parts> parts_of_all(std::string_view text, RuleSqlKind kind, std::string& why) {
    std::optional<RuleSql::Parts> common;
    for (const auto engine : {Engine::sqlite, Engine::postgresql, Engine::mariadb}) {
        auto parts = parts_of(text, kind, engine, why);
        if (!parts) return {};
        if (common && *common != *parts) {
            why = "engines read this differently, and which one the store has is not known";
            return {};
        }
        common = std::move(parts);
    }
    return common;
}

} // namespace

bool RuleSql::names_cutoff() const {
    return std::any_of(parts.begin(), parts.end(), [](const auto& part) {
        const auto* date = std::get_if<DatePlaceholder>(&part);
        return date && date->base == DatePlaceholder::Base::cutoff;
    });
}

std::optional<RuleSql> read_rule_sql(std::string_view text, RuleSqlKind kind, const Place& place, std::string& why,
                                     std::optional<Engine> engine) {
    const auto parts = engine ? parts_of(text, kind, *engine, why) : parts_of_all(text, kind, why);
    if (!parts) return {};
    return RuleSql{*parts, std::string(text), place};
}

} // namespace retention
