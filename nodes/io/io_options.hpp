#pragma once

#include "model/node/node_type.hpp"
#include "nodes/io/line_writer.hpp"

#include <string>
#include <vector>

namespace sluice {

/// Options and ports that several of these node types share, and their readers.

option_spec line_limit_option();
std::size_t line_limit_of(const options& given);

option_spec format_option();
line_format format_of(const options& given);

option_spec command_option();
/// Throws `option_error` for an empty command.
std::vector<std::string> command_of(const options& given);

option_spec grace_option();

/// Throws `option_error` for an empty path.
std::string path_of(const options& given);

port_spec any_input();
port_spec line_output();

} // namespace sluice
