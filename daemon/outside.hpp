#pragma once
// The daemon's doors: the control socket, and the port for metrics where the configuration has one.

#include "daemon/service.hpp"

namespace retention {

// What ServiceSettings::outside wants. Throws std::runtime_error, with a hint, where one of them cannot be opened.
std::unique_ptr<ServiceSettings::Outside> open_doors(boost::asio::io_context&, Control&, const Configuration&);

} // namespace retention
