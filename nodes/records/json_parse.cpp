#include "nodes/records/json_parse.hpp"

#include "model/message/json.hpp"

#include <optional>

namespace sluice {

namespace {

class json_parse final : public node {
public:
  void on_message(node_context& context, std::size_t, message& in) override {
    std::optional<json> document;
    try {
      document = json::parse(in.get<text>().view());
    } catch (const error& refused) {
      context.fail(std::move(in), refused.code(), refused.what());
      return;
    }
    context.emit(0, in.with(*std::move(document)));
  }
};

} // namespace

node_type json_parse_type() {
  node_type type;
  type.name = "json_parse";
  type.category = "transform";
  type.summary = "Reads each text as one JSON document.";
  type.description = "One document out for each text in, in order. Members keep their order; of members with "
                     "one name the last wins; "
                     "integers of 64 bits stay exact, longer ones as long as the document passes whole. "
                     "Nesting may be 128 levels deep.\n\n"
                     "A text that is not exactly one JSON document, an empty line included, is the error "
                     "bad_json, which names the byte "
                     "and the trouble and carries the text as it came.";
  type.ports.inputs = {{input_port, port_type::of<text>(), "one JSON document per message"}};
  type.ports.outputs = {{output_port, port_type::of<json>(), "the documents"}};
  type.example = "{ type: json_parse }";
  type.make = [](const options&) { return std::make_unique<json_parse>(); };
  return type;
}

} // namespace sluice
