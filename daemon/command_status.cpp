#include "daemon/command_status.hpp"

#include "daemon/control_address.hpp"
#include "daemon/control_client.hpp"
#include "daemon/service_status.hpp"

#include <ostream>

namespace retention {

ExitCode status(const Options& options, Context& context) {
    const auto text = ControlClient(control_socket(options, context)).get("/v1/status");
    const auto status = status_from_json(text);
    if (options.format == Format::json)
        context.out << text;
    else
        print_status(context.out, status, context.out_terminal);
    return status.faults().empty() ? ExitCode::done : ExitCode::incomplete;
}

} // namespace retention
