#include "daemon/options.hpp"

#include "daemon/command_line.hpp"
#include "daemon/wording.hpp"

#include <algorithm>
#include <boost/program_options.hpp>
#include <charconv>

namespace retention {
namespace {

namespace po = boost::program_options;
using Values = std::map<std::string, std::vector<std::string>>;

std::string usage_hint(const CommandLine& line) {
    return "see retentiond " + line.name + " --help";
}

// Boost's own parser cuts the words; what they mean is decided here.
Values cut(const CommandLine& line, const std::vector<std::string>& words) {
    const po::options_description described = described_options(line);
    po::positional_options_description positional;
    positional.add("word", -1);
    po::options_description all;
    all.add(described).add_options()("word", po::value<std::vector<std::string>>());
    // No guessing: `--a` must never mean --all.
    const int style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
    Values values;
    for (const auto& option :
         po::command_line_parser(words).options(all).positional(positional).style(style).run().options) {
        auto& given = values[option.string_key];
        given.insert(given.end(), option.value.begin(), option.value.end());
        if (option.value.empty()) given.emplace_back();
    }
    return values;
}

[[noreturn]] void refuse_unknown(const CommandLine& line, const std::string& option) {
    std::vector<std::string> known;
    for (const std::string& name : line.options) known.push_back("--" + name);
    throw UsageError("unknown option " + option + " of " + line.name, did_you_mean(option, known, usage_hint(line)));
}

Values cut_or_refuse(const CommandLine& line, const std::vector<std::string>& words) {
    try {
        return cut(line, words);
    } catch (const po::unknown_option& error) {
        refuse_unknown(line, error.get_option_name());
    } catch (const po::error& error) {
        throw UsageError(error.what(), usage_hint(line));
    }
}

void refuse_repeats(const CommandLine& line, const Values& values) {
    for (const auto& [name, given] : values) {
        if (given.size() > 1 && name != "category" && name != "word")
            throw UsageError("--" + name + " is given twice", "say it once");
        if (std::find(given.begin(), given.end(), "") != given.end() && (name == "word" || takes_value(name)))
            throw UsageError((name == "word" ? "a word of " + line.name : "--" + name) + " is empty", usage_hint(line));
    }
    const auto words = values.find("word");
    if (words != values.end() && !line.takes_categories)
        throw UsageError("unexpected word \"" + words->second.front() + "\" after " + line.name, usage_hint(line));
}

const std::string* value_of(const Values& values, const std::string& name) {
    const auto found = values.find(name);
    return found == values.end() ? nullptr : &found->second.front();
}

std::optional<Date> date_of(const Values& values, const std::string& name) {
    const std::string* text = value_of(values, name);
    if (text == nullptr) return std::nullopt;
    if (const auto date = parse_date(*text)) return date;
    throw UsageError("--" + name + " " + *text + " is no date", "a day is written YYYY-MM-DD, as 2026-02-28");
}

std::optional<std::int64_t> count_of(const Values& values, const std::string& name) {
    const std::string* text = value_of(values, name);
    if (text == nullptr) return std::nullopt;
    std::int64_t count = 0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), count);
    if (error == std::errc{} && end == text->data() + text->size() && count > 0) return count;
    throw UsageError("--" + name + " " + *text + " is no whole number above zero", "write it in digits, as 500");
}

Format format_of(const CommandLine& line, const Values& values) {
    const std::string* text = value_of(values, "format");
    if (text == nullptr) return Format::text;
    const auto found = std::find(line.formats.begin(), line.formats.end(), *text);
    if (found == line.formats.end())
        throw UsageError("unknown format " + *text + " of " + line.name, "one of " + joined(line.formats));
    if (*text == "json") return Format::json;
    if (*text == "csv") return Format::csv;
    return *text == "html" ? Format::html : Format::text;
}

LogFormat log_format_of(const Values& values) {
    const std::string* text = value_of(values, "log-format");
    if (text == nullptr) return LogFormat::automatic;
    if (*text == "journal") return LogFormat::journal;
    if (*text == "json") return LogFormat::json;
    if (*text == "text") return LogFormat::text;
    throw UsageError("unknown log format " + *text, "one of journal, text, json");
}

void require(const CommandLine& line, const Values& values) {
    for (const std::string& name : line.required)
        if (!values.contains(name)) throw UsageError(line.name + " needs --" + name, usage_hint(line));
    if (line.takes_one_category && (!values.contains("word") || values.at("word").size() != 1))
        throw UsageError(line.name + " needs one category", usage_hint(line));
}

std::vector<std::string> categories_of(const Values& values) {
    std::vector<std::string> categories;
    for (const char* name : {"category", "word"})
        if (const auto found = values.find(name); found != values.end())
            categories.insert(categories.end(), found->second.begin(), found->second.end());
    return categories;
}

Options options_of(const CommandLine& line, const Values& values) {
    Options options;
    options.command = line.command;
    options.format = format_of(line, values);
    options.as_of = date_of(values, "as-of");
    date_of(values, "until");
    options.limit = count_of(values, "limit");
    options.categories = categories_of(values);
    options.last = count_of(values, "last");
    options.log_format = log_format_of(values);
    const auto text_of = [&](const char* name) {
        const std::string* text = value_of(values, name);
        return text == nullptr ? std::string() : *text;
    };
    options.config_named = values.contains("config");
    if (options.config_named) options.config = text_of("config");
    options.key = text_of("key"), options.output = text_of("output"), options.directory = text_of("directory");
    options.socket = text_of("socket");
    options.run = text_of("run"), options.event = text_of("event");
    const auto said = [&](const char* name) { return values.contains(name); };
    options.all = said("all"), options.yes = said("yes"), options.local = said("local");
    options.once = said("once"), options.offline = said("offline"), options.grants = said("grants");
    return options;
}

// A destructive verb has no default scope.
void require_scope(const Options& options) {
    if (options.command != Command::purge) return;
    if (options.all && !options.categories.empty())
        throw UsageError("purge takes categories or --all, not both", "leave one of them out");
    if (!options.all && options.categories.empty())
        throw UsageError("purge does not say which categories", "name them, or say --all");
}

Options just(Command command, Command topic = Command::nothing) {
    Options options;
    options.command = command;
    options.topic = topic;
    return options;
}

Options read_command(const CommandLine& line, const std::vector<std::string>& words) {
    const Values values = cut_or_refuse(line, words);
    if (values.contains("help")) return just(Command::help, line.command);
    refuse_repeats(line, values);
    require(line, values);
    Options options = options_of(line, values);
    require_scope(options);
    return options;
}

[[noreturn]] void refuse_command(const std::string& word) {
    if (word.starts_with('-'))
        throw UsageError("option " + word + " stands before the command",
                         "write the command first: retentiond report " + word);
    std::vector<std::string> known;
    for (const CommandLine& line : command_lines()) known.push_back(line.name.substr(0, line.name.find(' ')));
    throw UsageError("unknown command " + word, did_you_mean(word, known, "retentiond --help lists the commands"));
}

bool names(const CommandLine& line, const std::vector<std::string>& words) {
    if (line.verb.empty()) return line.name == words[0];
    return words.size() > 1 && line.name == words[0] + " " + words[1];
}

} // namespace

Options read_options(const std::vector<std::string>& words) {
    if (words.empty()) return {};
    if (words[0] == "--help" || words[0] == "-h") return just(Command::help);
    if (words[0] == "--version") return just(Command::version);
    const auto& lines = command_lines();
    const auto found = std::find_if(lines.begin(), lines.end(), [&](const auto& line) { return names(line, words); });
    if (found != lines.end()) {
        const std::ptrdiff_t own = found->verb.empty() ? 1 : 2;
        return read_command(*found, {words.begin() + own, words.end()});
    }
    std::vector<std::string> verbs;
    for (const CommandLine& line : lines)
        if (line.name.starts_with(words[0] + " ")) verbs.push_back(line.verb);
    if (verbs.empty()) refuse_command(words[0]);
    if (words.size() > 1 && (words[1] == "--help" || words[1] == "-h")) return just(Command::help);
    const std::string what = words.size() > 1 ? words[0] + " has no " + words[1] : words[0] + " alone says nothing";
    throw UsageError(what, "one of " + joined(verbs));
}

} // namespace retention
