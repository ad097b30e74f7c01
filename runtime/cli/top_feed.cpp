#include "runtime/cli/top_feed.hpp"

#include "runtime/cli/http_error.hpp"
#include "runtime/cli/top_look.hpp"

#include <utility>

namespace sluice {

top_feed::top_feed(http_target target, std::chrono::nanoseconds interval, std::function<void()> news)
    : client_(std::move(target)), news_(std::move(news)) {
  state_.url = client_.target().url;
  state_.trouble = "connecting";
  thread_ = std::thread([this, interval] { run(interval); });
}

top_feed::~top_feed() {
  client_.interrupt();
  thread_.join();
}

top_state top_feed::latest() const {
  const std::lock_guard lock(mutex_);
  if (refusal_)
    std::rethrow_exception(refusal_);
  return state_;
}

void top_feed::run(std::chrono::nanoseconds interval) {
  const auto pause = std::chrono::ceil<std::chrono::milliseconds>(interval);
  do {
    try {
      look();
    } catch (const http_error& refused) {
      const std::lock_guard lock(mutex_);
      if (refused.status() == 401 || refused.status() == 403)
        refusal_ = std::current_exception();
      state_.trouble = refused.what();
    } catch (const std::exception& trouble) {
      const std::lock_guard lock(mutex_);
      state_.trouble = trouble.what();
    }
    news_();
  } while (client_.pause(pause));
}

void top_feed::look() {
  auto now = take_look(client_);
  auto state = make_top_state(client_.target().url, now, before_ ? &*before_ : nullptr);
  before_ = std::move(now);
  const std::lock_guard lock(mutex_);
  state_ = std::move(state);
}

} // namespace sluice
