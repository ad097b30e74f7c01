#include "tests/runtime/http_test_server.hpp"

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <utility>

namespace sluice::testing {

namespace {

constexpr std::chrono::seconds patience{30};

/// Waits until `ready`, and fails the test after 30 s instead of hanging.
template <class Ready>
void require(std::condition_variable& changed, std::unique_lock<std::mutex>& lock, const char* what,
             Ready ready) {
  if (!changed.wait_for(lock, patience, ready))
    throw std::runtime_error(std::string("waited in vain for ") + what);
}

template <class Value>
Value popped(std::deque<Value>& values) {
  auto value = std::move(values.front());
  values.pop_front();
  return value;
}

} // namespace

void happenings::add(std::string what) {
  const std::lock_guard lock(mutex_);
  all_.push_back(std::move(what));
  changed_.notify_all();
}

bool happenings::wait_for(const std::string& what, int times) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, patience, [&] { return count_locked(what) >= times; });
}

int happenings::count(const std::string& what) const {
  const std::lock_guard lock(mutex_);
  return count_locked(what);
}

int happenings::count_locked(const std::string& what) const {
  return static_cast<int>(std::count(all_.begin(), all_.end(), what));
}

http_test_server::http_test_server(http_listener_settings settings) {
  settings.log = [this](log_level, std::string_view event, std::string_view text) {
    const std::lock_guard lock(mutex_);
    log_.push_back(std::string(event) + " " + std::string(text));
    changed_.notify_all();
  };
  add_routes();
  listener_.emplace(listen_address{"127.0.0.1", 0}, std::move(settings));
  listener_->start(
      [this](const http_request& request, http_reply reply) { routes_.route(request, std::move(reply)); });
}

http_test_server::~http_test_server() {
  end();
}

void http_test_server::end() {
  listener_.reset();
}

http_reply http_test_server::next_reply() {
  std::unique_lock lock(mutex_);
  require(changed_, lock, "a request", [this] { return !replies_.empty(); });
  return popped(replies_);
}

std::shared_ptr<http_stream> http_test_server::next_stream() {
  std::unique_lock lock(mutex_);
  require(changed_, lock, "a stream", [this] { return !streams_.empty(); });
  return popped(streams_);
}

std::string http_test_server::log_with(const std::string& part) {
  std::unique_lock lock(mutex_);
  std::string found;
  require(changed_, lock, part.c_str(), [&] {
    for (const auto& line : log_)
      if (line.find(part) != std::string::npos)
        found = line;
    return !found.empty();
  });
  return found;
}

http_response http_test_server::stream_answer(bool websocket) {
  http_response answer;
  answer.stream = std::make_shared<stream_opening>();
  answer.stream->websocket = websocket;
  answer.stream->opened = [this](std::shared_ptr<http_stream> stream) {
    seen.add("opened");
    const std::lock_guard lock(mutex_);
    streams_.push_back(std::move(stream));
    changed_.notify_all();
  };
  answer.stream->closed = [this] { seen.add("closed"); };
  return answer;
}

void http_test_server::add_routes() {
  const auto text = [](std::string body) { return http_response{200, "text/plain", std::move(body)}; };
  routes_.add("GET", "/hello", [text](const http_request&, http_reply reply) {
    auto answer = text("hello");
    answer.caller_name = "tester";
    reply(std::move(answer));
  });
  routes_.add("GET", "/who", [text](const http_request& request, http_reply reply) {
    reply(text(request.id + " " + request.remote));
  });
  routes_.add("POST", "/echo",
              [text](const http_request& request, http_reply reply) { reply(text(request.body)); });
  routes_.add("GET", "/large", [text](const http_request&, http_reply reply) {
    reply(text(std::string(8 * 1024 * 1024, 'x')));
  });
  routes_.add("GET", "/throws", [](const http_request&, const http_reply& reply) {
    const http_reply kept = reply;
    throw std::runtime_error("out of tea");
  });
  routes_.add("GET", "/drops", [](const http_request&, const http_reply&) {});
  routes_.add("GET", "/later", [this](const http_request&, http_reply reply) {
    const std::lock_guard lock(mutex_);
    replies_.push_back(std::move(reply));
    changed_.notify_all();
  });
  routes_.add("GET", "/none", [](const http_request&, http_reply reply) { reply({204, "", ""}); });
  routes_.add("GET", "/events",
              [this](const http_request&, http_reply reply) { reply(stream_answer(false)); });
  routes_.add("GET", "/socket",
              [this](const http_request&, http_reply reply) { reply(stream_answer(true)); });
}

} // namespace sluice::testing
