#include "nodes/records/map.hpp"

#include "nodes/jq/jq_program.hpp"
#include "nodes/records/derived.hpp"

#include <vector>

namespace sluice {

namespace {

constexpr const char* program_option = "jq";

class map final : public node {
public:
  explicit map(const std::string& program) : program_(program, program_option) {}

  void on_message(node_context& context, std::size_t, message& in) override {
    // All or nothing: a program that fails after its second result must not have sent two of them.
    results_.clear();
    program_.run(in, [&](json one) { results_.push_back(std::move(one)); });
    for (auto& one : results_)
      context.emit(0, detail::derived(in, std::move(one)));
  }

private:
  jq_program program_;
  std::vector<json> results_;
};

} // namespace

node_type map_type() {
  node_type type;
  type.name = "map";
  type.category = "transform";
  type.summary = "Turns each message into the results of a jq program.";
  type.description = "Each result is one message, in order; a program without results (empty) drops the "
                     "message. The program sees json as "
                     "it is and text as a string, an error message as {\"error\": {\"code\", \"message\", "
                     "\"node\", \"trace_id\"}, "
                     "\"original\"}. Results keep the trace id, time and key of their input. Integers beyond "
                     "2^53 stay exact unless they "
                     "are computed with.\n\n"
                     "Paths, literals, comparisons, and, or, not, select and the making of objects run "
                     "without jq; other programs run in "
                     "libjq on a thread of their own. A program that fails is the error jq_error with the "
                     "message as it came, and none of "
                     "its results are sent. Programs may not read the environment, files or jq's input.";
  type.options = {{program_option, option_kind::string, true, "", "the jq program"}};
  type.ports.inputs = {{input_port, port_type::any(), "json, text or error messages"}};
  type.ports.outputs = {{output_port, port_type::of<json>(), "the results"}};
  type.example = "{ type: map, jq: '{host, status: .response.status}' }";
  type.make = [](const options& given) { return std::make_unique<map>(given.get_string(program_option)); };
  type.execution_for = [](const options& given) {
    return jq_program::runs_natively(given.get_string(program_option)) ? execution_kind::cooperative
                                                                       : execution_kind::blocking;
  };
  return type;
}

} // namespace sluice
