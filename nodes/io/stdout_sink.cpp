#include "nodes/io/stdout_sink.hpp"

#include "nodes/io/io_options.hpp"

#include <unistd.h>

namespace sluice {

node_type stdout_sink_type() {
  node_type type;
  type.name = "stdout";
  type.category = "sink";
  type.summary = "Writes each message as a line to standard output.";
  type.description = "Lines are written in order and leave as soon as no more messages are at hand, so a "
                     "terminal shows them at once.\n"
                     "When nobody reads any more (`| head -1`), the flow ends cleanly. A reader that is slow "
                     "holds the edges back, not the program. A write that fails is the error `write_failed`; "
                     "it is kept and tried again by the rules of the sink `file`.";
  type.options = {format_option()};
  type.ports.inputs = {any_input()};
  type.example = "{ type: stdout, format: json }";
  type.execution = execution_kind::blocking;
  type.reach = node_reach::standard_streams;
  type.make = [](const options& given) {
    return std::make_unique<stdout_sink>(STDOUT_FILENO, format_of(given));
  };
  return type;
}

} // namespace sluice
