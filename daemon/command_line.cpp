#include "daemon/command_line.hpp"

#include "daemon/wording.hpp"

#include <algorithm>
#include <sstream>

namespace retention {
namespace {

namespace po = boost::program_options;

struct OptionText {
    std::string name, value, does; // value: empty for a switch
};

const std::vector<OptionText>& option_texts() {
    static const std::vector<OptionText> texts = {
        {"config", "FILE", "the configuration; /etc/retentiond/retentiond.toml where it is not said"},
        {"help", "", "this text"},
        {"format", "FORMAT", "how the answer is written"},
        {"as-of", "DATE", "count as on this day, YYYY-MM-DD; today where it is not said"},
        {"category", "NAME", "the category"},
        {"key", "K", "the record's key; the values of a composite key parted by commas"},
        {"output", "FILE", "write the answer to this file, whole or not at all, mode 0640"},
        {"all", "", "every category"},
        {"yes", "", "ask nothing; an operator's approval of what exceeds the limits, recorded as such"},
        {"local", "", "work in this process instead of asking the daemon"},
        {"once", "", "every category once, now, whatever its schedule, and then end; exit codes as of purge"},
        {"log-format", "FORMAT", "how the daemon's own words are written: journal, text or json"},
        {"socket", "PATH", "ask the daemon that listens there; the configuration's where it is not said"},
        {"limit", "N", "dispose of at most so many records in the whole run"},
        {"offline", "", "look at the files alone, at no database"},
        {"grants", "", "print the least rights that the rules need"},
        {"directory", "DIR", "an audit log elsewhere; without --config, its end cannot be anchored"},
        {"run", "RUN", "only the lines of this run"},
        {"event", "EVENT", "only lines of this event, as batch.committed"},
        {"last", "N", "only so many lines, the last ones"},
        {"ground", "TEXT", "why the hold is placed"},
        {"until", "DATE", "the last day of the hold, YYYY-MM-DD"},
        {"subject", "NAME=VALUE", "how the person is known"},
    };
    return texts;
}

const OptionText& text_of(const std::string& name) {
    const auto& texts = option_texts();
    return *std::find_if(texts.begin(), texts.end(), [&](const OptionText& text) { return text.name == name; });
}

CommandLine line(Command command, std::string name, std::string does, std::vector<std::string> options) {
    const std::size_t blank = name.find(' ');
    std::string verb = blank == std::string::npos ? "" : name.substr(blank + 1);
    CommandLine result;
    result.command = command, result.name = std::move(name), result.verb = std::move(verb);
    result.does = std::move(does), result.options = std::move(options);
    if (std::count(result.options.begin(), result.options.end(), "format") > 0) result.formats = {"text", "json"};
    return result;
}

CommandLine later(CommandLine result, std::vector<std::string> required) {
    result.later = true;
    result.required = std::move(required);
    return result;
}

CommandLine with_category(CommandLine result) {
    result.takes_categories = result.takes_one_category = true;
    return result;
}

std::vector<CommandLine> working_lines() {
    std::vector<CommandLine> lines = {
        line(Command::run, "run", "the daemon, in the foreground, for systemd", {"once", "log-format"}),
        line(Command::check, "check", "say all that is wrong or risky in the configuration and the live databases",
             {"format", "offline", "grants"}),
        line(Command::report, "report",
             "the dry run: what is due, why the rest is kept, what is coming; changes nothing",
             {"format", "as-of", "category", "output", "socket"}),
        line(Command::explain, "explain", "one record: its trigger, how long it is kept, what would go with it",
             {"format", "category", "key", "as-of", "socket"}),
        line(Command::purge, "purge", "dispose of what is due: the categories named, or --all",
             {"format", "all", "yes", "local", "limit", "as-of", "socket"}),
        line(Command::status, "status", "the daemon: is it well, what ran last, what is next, what waits for you",
             {"format", "socket"}),
        line(Command::audit_verify, "audit verify", "check the audit log's chain and its end", {"format", "directory"}),
        line(Command::audit_show, "audit show", "read the audit log",
             {"format", "directory", "run", "category", "event", "last"}),
    };
    lines[2].formats = {"text", "json", "csv", "html"};
    lines[3].required = {"category", "key"};
    lines[4].takes_categories = true;
    return lines;
}

std::vector<CommandLine> later_lines() {
    return {
        later(with_category(line(Command::approve, "approve", "show the plan and record the approval of the rule",
                                 {"format", "yes"})),
              {}),
        later(line(Command::hold, "hold place", "keep a record until the hold is released",
                   {"category", "key", "ground", "until"}),
              {"category", "key", "ground"}),
        later(line(Command::hold, "hold release", "release a hold", {"category", "key"}), {"category", "key"}),
        later(line(Command::hold, "hold list", "list the holds", {"format", "category"}), {}),
        later(line(Command::erase, "erase", "a person's request for erasure", {"format", "subject", "yes"}),
              {"subject"}),
        later(line(Command::audit_prove, "audit prove", "prove one record's disposal", {"format", "category", "key"}),
              {"category", "key"}),
        later(line(Command::audit_export, "audit export", "a signed bundle for an auditor", {"output"}), {}),
    };
}

constexpr std::string_view exit_codes = R"(Exit codes:
  0  done
  1  could not do all of it
  2  wrong usage or configuration
  3  refused: guard, hold, approval, permission
  4  the audit log does not verify
  5  the audit log is whole as far as it goes, but its end is not anchored
)";

std::string commands_text() {
    std::ostringstream text;
    text << "Usage: retentiond COMMAND [options]\n\nKeeps and disposes of records by rule, and proves "
            "it.\n\nCommands:\n";
    for (const CommandLine& command : command_lines()) {
        std::string name = command.name;
        name.resize(std::max<std::size_t>(name.size(), 14), ' ');
        text << "  " << name << "  " << command.does << (command.later ? " (not supported yet)" : "") << '\n';
    }
    text << "\nOptions of every command:\n  --config FILE   " << text_of("config").does
         << "\n  --help          the command's own options\n\nOther options: --help, --version. Dates are "
            "YYYY-MM-DD.\n\n";
    return text.str();
}

std::string command_text(const CommandLine& command) {
    std::ostringstream text;
    const std::string words = command.takes_one_category ? " CATEGORY" : command.takes_categories ? " [CATEGORY…]" : "";
    text << "Usage: retentiond " << command.name << words << " [options]\n\n"
         << command.does << (command.later ? " (not supported yet)" : "") << "\n\nOptions:\n"
         << described_options(command);
    if (!command.formats.empty()) text << "\nFormats: " << joined(command.formats) << '\n';
    text << '\n';
    return text.str();
}

} // namespace

const std::vector<CommandLine>& command_lines() {
    static const std::vector<CommandLine> lines = [] {
        std::vector<CommandLine> all = working_lines();
        for (CommandLine& more : later_lines()) all.push_back(std::move(more));
        return all;
    }();
    return lines;
}

bool takes_value(const std::string& option) {
    return !text_of(option).value.empty();
}

po::options_description described_options(const CommandLine& command) {
    std::vector<std::string> names = {"config", "help"};
    names.insert(names.end(), command.options.begin(), command.options.end());
    po::options_description described;
    for (const std::string& name : names) {
        const OptionText& text = text_of(name);
        const std::string spelled = name == "help" ? "help,h" : name;
        if (text.value.empty())
            described.add_options()(spelled.c_str(), text.does.c_str());
        else
            described.add_options()(spelled.c_str(), po::value<std::vector<std::string>>()->value_name(text.value),
                                    text.does.c_str());
    }
    return described;
}

std::string help_text(Command topic) {
    std::string text;
    for (const CommandLine& command : command_lines())
        if (command.command == topic) text += command_text(command);
    return (text.empty() ? commands_text() : text) + std::string(exit_codes);
}

std::string name_of(Command command) {
    for (const CommandLine& line : command_lines())
        if (line.command == command) return line.command == Command::hold ? "hold" : line.name;
    return "";
}

} // namespace retention
