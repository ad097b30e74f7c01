#include "nodes/records/format.hpp"

#include "model/message/text.hpp"
#include "nodes/jq/jq_program.hpp"
#include "nodes/records/derived.hpp"
#include "nodes/records/format_template.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace sluice {

namespace {

constexpr const char* template_option = "template";

std::vector<detail::template_part> parts_of(const std::string& source) {
  try {
    return detail::split_template(source);
  } catch (const error& refused) {
    throw option_error(template_option, refused.what());
  }
}

class format final : public node {
public:
  explicit format(const std::string& source) {
    for (auto& written : parts_of(source)) {
      auto& made = parts_.emplace_back();
      if (written.is_hole)
        made.program.emplace(written.text, template_option);
      else
        made.text = std::move(written.text);
    }
  }

  void on_message(node_context& context, std::size_t, message& in) override {
    line_.clear();
    for (auto& one : parts_)
      line_ += one.program ? one.program->key(in) : one.text;
    context.emit(0, detail::derived(in, text(line_)));
  }

private:
  struct part {
    std::string text;
    std::optional<jq_program> program;
  };

  std::vector<part> parts_;
  std::string line_;
};

bool all_native(const std::string& source) {
  const auto parts = parts_of(source);
  return std::all_of(parts.begin(), parts.end(),
                     [](const auto& part) { return !part.is_hole || jq_program::runs_natively(part.text); });
}

} // namespace

node_type format_type() {
  node_type type;
  type.name = "format";
  type.category = "transform";
  type.summary = "Makes text of each message by a template.";
  type.description = "The template is copied to the output; each hole {{ program }} is replaced by the first "
                     "result of that jq program: "
                     "strings as they are, other values as compact JSON (a missing member is null; write "
                     "`.name // \"-\"` for something "
                     "else), nothing for a program without results. For the two braces themselves write {{ "
                     "\"{{\" }}. Programs see messages "
                     "as those of map do.\n\n"
                     "A program that fails is the error jq_error with the message as it came.";
  type.options = {{template_option, option_kind::string, true, "", "text with holes such as {{ .host }}"}};
  type.ports.inputs = {{input_port, port_type::any(), "json, text or error messages"}};
  type.ports.outputs = {{output_port, port_type::of<text>(), "one text for each message"}};
  type.example = "{ type: format, template: '{{ .host }} answered {{ .status }}' }";
  type.make = [](const options& given) {
    return std::make_unique<format>(given.get_string(template_option));
  };
  type.execution_for = [](const options& given) {
    return all_native(given.get_string(template_option)) ? execution_kind::cooperative
                                                         : execution_kind::blocking;
  };
  return type;
}

} // namespace sluice
