#include "runtime/server/stream_permit.hpp"

#include <variant>

namespace sluice {

stream_permit::stream_permit(const access_control& access, const http_request& request)
    : access_(access), shown_(request), until_(request.who.until) {
  std::string().swap(shown_.body);
}

std::optional<std::string> stream_permit::objection() {
  // Before the look: what is changed meanwhile is looked at the next time.
  const auto generation = access_.generation();
  if (generation == generation_ && (!until_ || access_.now() < *until_))
    return std::nullopt;
  const auto found = access_.admit(shown_);
  const auto* const who = std::get_if<caller>(&found);
  if (who == nullptr)
    return "what you have shown does not let you in any more: the token has expired, or was taken back";
  if (who->role < access_role::read)
    return "you may not read any more: '" + who->name + "' has lost that role";
  generation_ = generation;
  until_ = who->until;
  return std::nullopt;
}

} // namespace sluice
