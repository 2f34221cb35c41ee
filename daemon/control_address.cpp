#include "daemon/control_address.hpp"

#include "daemon/control_client.hpp"

#include <cerrno>
#include <unistd.h>

namespace retention {

std::filesystem::path control_socket(const Options& options, const Context& context) {
    if (!options.socket.empty()) return options.socket;
    if (::access(options.config.c_str(), R_OK) == 0)
        if (const auto loaded = load_configuration(options.config, context.directories); loaded.configuration)
            return loaded.configuration->control.socket;
    return "/run/retentiond/control.sock";
}

std::string report_target(const Options& options) {
    std::string target = "/v1/report", before = "?";
    for (const auto& category : options.categories) {
        target += before + "category=" + in_query(category);
        before = "&";
    }
    return options.as_of ? target + before + "as_of=" + to_string(*options.as_of) : target;
}

bool asks_daemon(const Options& options) {
    return !options.socket.empty() || (::access(options.config.c_str(), R_OK) != 0 && errno == EACCES);
}

} // namespace retention
