#include "daemon/commands.hpp"

#include "daemon/audit_log.hpp"
#include "daemon/command_audit.hpp"
#include "daemon/command_check.hpp"
#include "daemon/command_explain.hpp"
#include "daemon/command_purge.hpp"
#include "daemon/command_report.hpp"
#include "daemon/command_run.hpp"
#include "daemon/command_status.hpp"
#include "daemon/configured.hpp"
#include "daemon/control_client.hpp"
#include "daemon/journal.hpp"
#include "daemon/state.hpp"

#include <ostream>

namespace retention {
namespace {

ExitCode help(const Options& options, Context& context) {
    context.out << help_text(options.topic);
    return ExitCode::done;
}

ExitCode say_what_there_is(Context& context) {
    context.err << help_text(Command::nothing);
    return ExitCode::usage;
}

ExitCode version(Context& context) {
    context.out << "retentiond " RETENTION_VERSION "\n";
    return ExitCode::done;
}

// An audit log elsewhere is read without the configuration of this machine, unless that is named as well.
template <class Read>
ExitCode with_audit_log(const Options& options, Context& context, Read read) {
    if (!options.directory.empty() && !options.config_named) return read(nullptr);
    const auto configuration = configured(options, context);
    return configuration ? read(&*configuration) : ExitCode::usage;
}

ExitCode verify_audit(const Options& options, Context& context) {
    const AuditVerifyRequest request{options.directory, options.format == Format::json, context.open_store,
                                     context.directories.credentials};
    return with_audit_log(options, context, [&](const Configuration* configuration) {
        return audit_verify(configuration, request, context.out, context.err);
    });
}

ExitCode show_audit(const Options& options, Context& context) {
    if (options.categories.size() > 1) throw UsageError("audit show takes one --category", "say it once");
    AuditShowRequest request;
    request.directory = options.directory, request.run = options.run, request.event = options.event;
    if (!options.categories.empty()) request.category = options.categories[0];
    if (options.last) request.last = static_cast<std::size_t>(*options.last);
    request.json = options.format == Format::json, request.terminal = context.out_terminal;
    return with_audit_log(options, context, [&](const Configuration* configuration) {
        return audit_show(configuration, request, context.out, context.err);
    });
}

[[noreturn]] void refuse_later(Command command) {
    throw UsageError(name_of(command) + " is not supported yet", "retentiond --help lists the commands that are");
}

ExitCode run_command(const Options& options, Context& context) {
    switch (options.command) {
    case Command::nothing:
        return say_what_there_is(context);
    case Command::help:
        return help(options, context);
    case Command::version:
        return version(context);
    case Command::run:
        return run(options, context);
    case Command::check:
        return check(options, context);
    case Command::report:
        return report(options, context);
    case Command::explain:
        return explain(options, context);
    case Command::purge:
        return purge(options, context);
    case Command::audit_verify:
        return verify_audit(options, context);
    case Command::audit_show:
        return show_audit(options, context);
    case Command::status:
        return status(options, context);
    case Command::approve:
    case Command::hold:
    case Command::erase:
    case Command::audit_prove:
    case Command::audit_export:
        refuse_later(options.command);
    }
    return ExitCode::usage;
}

ExitCode fail(Context& context, const std::string& what, ExitCode code) {
    const std::string text = "error: " + what + '\n';
    context.err << (journal_reads_errors() ? with_priority('3', text) : text);
    return code;
}

// Every way in which a command ends, as an exit code.
ExitCode ended(const std::vector<std::string>& words, Context& context) {
    try {
        return run_command(read_options(words), context);
    } catch (const UsageError& error) {
        const std::string hint = error.hint.empty() ? "" : "\nhint: " + error.hint;
        return fail(context, error.what() + hint, ExitCode::usage);
    } catch (const DaemonRefused& error) {
        return fail(context, error.what(), error.code);
    } catch (const StateHeld& error) {
        return fail(context, error.what(), ExitCode::refused);
    } catch (const AuditBroken& error) {
        return fail(context, error.what(), ExitCode::log_broken);
    } catch (const std::exception& error) {
        return fail(context, error.what(), ExitCode::incomplete);
    } catch (...) {
        return fail(context, "unexpected", ExitCode::incomplete);
    }
}

} // namespace

ExitCode run_program(const std::vector<std::string>& words, Context& context) noexcept {
    const ExitCode code = ended(words, context);
    context.out.flush();
    if (context.out) return code;
    return code == ExitCode::done ? fail(context, "cannot write to standard output", ExitCode::incomplete) : code;
}

} // namespace retention
