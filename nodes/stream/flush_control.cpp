#include "nodes/stream/flush_control.hpp"

#include "model/message/json.hpp"
#include "model/message/text.hpp"

#include <nlohmann/json.hpp>

#include <string_view>

namespace sluice {

namespace {

constexpr std::string_view flush_word = "flush";

bool commands_flush(const json& document) {
  const auto& value = document.value();
  if (!value.is_object())
    return false;
  const auto found = value.find("command");
  return found != value.end() && found->is_string() && found->get_ref<const std::string&>() == flush_word;
}

} // namespace

bool is_flush(const message& control) {
  if (const auto* word = control.get_if<text>(); word != nullptr)
    return word->view() == flush_word;
  const auto* document = control.get_if<json>();
  return document != nullptr && commands_flush(*document);
}

} // namespace sluice
