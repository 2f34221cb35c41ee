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

void append(RuleSql& sql, const SqlToken& token) {
    if (token.kind == Kind::placeholder) {
        sql.parts.emplace_back(token.placeholder);
    } else if (!sql.parts.empty() && std::holds_alternative<std::string>(sql.parts.back())) {
        std::get<std::string>(sql.parts.back()) += token.text;
    } else {
        sql.parts.emplace_back(token.text);
    }
}

} // namespace

bool RuleSql::names_cutoff() const {
    return std::any_of(parts.begin(), parts.end(), [](const auto& part) {
        const auto* date = std::get_if<DatePlaceholder>(&part);
        return date && date->base == DatePlaceholder::Base::cutoff;
    });
}

std::optional<RuleSql> read_rule_sql(std::string_view text, RuleSqlKind kind, const Place& place, std::string& why) {
    const auto tokens = read_sql_tokens(text, why);
    if (!tokens) return {};
    auto fault = wrong_kind(*tokens, kind);
    if (!fault) fault = forbidden_in_rule(*tokens);
    if (fault) {
        why = *fault;
        return {};
    }
    RuleSql sql;
    sql.source = std::string(text);
    sql.place = place;
    for (const auto& token : *tokens) append(sql, token);
    return sql;
}

} // namespace retention
