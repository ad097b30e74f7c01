#include "actors/store/failure_log.hpp"

#include "model/base/error.hpp"

#include <fmt/format.h>

namespace sluice {

namespace {

std::string describe(const std::exception_ptr& why) {
  try {
    std::rethrow_exception(why);
  } catch (const error& known) {
    return fmt::format("{} [{}]", known.what(), known.code());
  } catch (const std::exception& other) {
    return other.what();
  } catch (...) {
    return "unknown";
  }
}

} // namespace

void failure_log::failed(const std::exception_ptr& why) {
  auto text = describe(why);
  if (text == said_)
    return;
  said_ = std::move(text);
  if (log_)
    log_(log_level::warning, subject_ + "_failed", said_);
}

void failure_log::succeeded() {
  if (said_.empty())
    return;
  said_.clear();
  if (log_)
    log_(log_level::info, subject_ + "_recovered", "it works again");
}

} // namespace sluice
