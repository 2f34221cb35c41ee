#pragma once
// The parameters of a server's url that other programs know, and what is written here instead of them. Pure.

#include "policies/server_url.hpp"

namespace retention {

// Of a parameter that the engine's url does not take here. Never says its value.
UrlFault refused_parameter(Engine, std::string_view name);
// "postgresql://user@host/database"
std::string url_example(Engine);

} // namespace retention
