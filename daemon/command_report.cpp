#include "daemon/command_report.hpp"

#include "daemon/configured.hpp"
#include "daemon/control_address.hpp"
#include "daemon/control_client.hpp"
#include "daemon/durable_file.hpp"
#include "daemon/report.hpp"

#include <ostream>
#include <sstream>

namespace retention {
namespace {

void write_report(std::ostream& out, const Report& report, Format format, const Terminal& terminal) {
    switch (format) {
    case Format::text:
        print_report(out, report, terminal);
        return;
    case Format::json:
        out << report_json(report);
        return;
    case Format::csv:
        out << report_csv(report);
        return;
    case Format::html:
        throw UsageError("report --format html is not supported yet", "use text, json or csv");
    }
}

void write_to_file(const std::filesystem::path& file, const Report& report, Format format) {
    if (std::filesystem::exists(file) && !std::filesystem::is_regular_file(file))
        throw std::runtime_error("cannot write " + file.string() + ": it is no regular file");
    std::ostringstream text;
    write_report(text, report, format, Terminal{});
    replace_durably(std::filesystem::absolute(file), text.str(), 0640, Owner::writer);
}

ExitCode tell(const Options& options, const Report& counted, Context& context) {
    if (options.output.empty())
        write_report(context.out, counted, options.format, context.out_terminal);
    else
        write_to_file(options.output, counted, options.format);
    for (const FailedCategory& failed : counted.failed)
        context.err << "error: " << failed.category << " was not counted: " << failed.reason << '\n';
    return counted.failed.empty() ? ExitCode::done : ExitCode::incomplete;
}

} // namespace

ExitCode report(const Options& options, Context& context) {
    if (options.format == Format::html)
        throw UsageError("report --format html is not supported yet", "use text, json or csv");
    if (asks_daemon(options)) {
        const ControlClient daemon(control_socket(options, context));
        return tell(options, report_from_json(daemon.get_counted(report_target(options))), context);
    }
    const auto configuration = configured(options, context);
    if (!configuration) return ExitCode::usage;
    require_categories(*configuration, options.categories);
    const Date as_of = options.as_of.value_or(today(*configuration, context));
    const auto stores = plan_stores(*configuration, as_of, options.categories, context.open_store);
    return tell(options, make_report(*configuration, stores, as_of), context);
}

} // namespace retention
