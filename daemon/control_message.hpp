#pragma once
// A message of HTTP as Boost.Beast reads it, with the limits of the control socket, as the head that
// daemon/control_request.hpp judges. Beast takes long to compile: few files include this one.

#include "daemon/control_request.hpp"

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

namespace retention {

using ControlParser = boost::beast::http::request_parser<boost::beast::http::string_body>;

constexpr std::uint32_t longest_head = 8 * 1024;

void limit(ControlParser&);
RequestHead head_of(const ControlParser&); // its head is read
// Why the bytes are no request that is taken; nothing where the peer just left.
std::optional<ProblemDetails> problem_of(boost::system::error_code);

} // namespace retention
