#include "nodes/records/filter.hpp"

#include "nodes/jq/jq_program.hpp"

namespace sluice {

namespace {

constexpr const char* where_option = "where";

class filter final : public node {
public:
  explicit filter(const std::string& where) : where_(where, where_option) {}

  void on_message(node_context& context, std::size_t, message& in) override {
    if (where_.test(in))
      context.emit(0, std::move(in));
  }

private:
  jq_program where_;
};

} // namespace

node_type filter_type() {
  node_type type;
  type.name = "filter";
  type.category = "transform";
  type.summary = "Passes on the messages for which a jq program is true.";
  type.description =
      "The program sees json as it is and text as a string; a message passes, untouched, when the first "
      "result is neither "
      "false nor null. An error message is seen as {\"error\": {\"code\", \"message\", \"node\", "
      "\"trace_id\"}, "
      "\"original\"}.\n\n"
      "Paths, literals, comparisons, and, or, not and select run without jq and take about as long as "
      "reading the member; "
      "other programs run in libjq on a thread of their own. A program that fails, such as .a on a number, "
      "is the error "
      "jq_error with the message as it came. Programs may not read the environment, files or jq's input.";
  type.options = {
      {where_option, option_kind::string, true, "", "the jq program that says which messages pass"}};
  type.ports.inputs = {{input_port, port_type::any(), "any messages"}};
  type.ports.outputs = {{output_port, port_type::any(), "those that pass, untouched"}};
  type.example = "{ type: filter, where: '.status >= 500' }";
  type.make = [](const options& given) { return std::make_unique<filter>(given.get_string(where_option)); };
  type.execution_for = [](const options& given) {
    return jq_program::runs_natively(given.get_string(where_option)) ? execution_kind::cooperative
                                                                     : execution_kind::blocking;
  };
  return type;
}

} // namespace sluice
