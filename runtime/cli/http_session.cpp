#include "runtime/cli/http_session.hpp"

#include "model/base/error.hpp"
#include "runtime/cli/command_line.hpp"
#include "steps/http/web_address.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <curl/curl.h>
#include <exception>
#include <new>

namespace sluice {

namespace {

/// Longest wait in one call; traffic and `interrupt` end it early.
constexpr int long_wait_ms = 1'000;

/// libcurl's one preparation per process. It is never undone: steps use libcurl, too.
void prepare_library() {
  static const CURLcode prepared = ::curl_global_init(CURL_GLOBAL_DEFAULT);
  if (prepared != CURLE_OK)
    throw error("http_transport",
                fmt::format("libcurl cannot be prepared: {}", ::curl_easy_strerror(prepared)));
}

/// The connection was refused or broke. Not: a name that nobody knows, a certificate that nobody trusts, a
/// server that is silent, all of which would be the same again.
bool is_broken_connection(CURLcode code) noexcept {
  constexpr std::array broken = {CURLE_COULDNT_CONNECT, CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_GOT_NOTHING,
                                 CURLE_PARTIAL_FILE};
  return std::find(broken.begin(), broken.end(), code) != broken.end();
}

/// Nothing of the request can have reached the server.
bool is_before_sending(CURLcode code) noexcept {
  constexpr std::array before = {CURLE_COULDNT_CONNECT,       CURLE_COULDNT_RESOLVE_HOST,
                                 CURLE_COULDNT_RESOLVE_PROXY, CURLE_PEER_FAILED_VERIFICATION,
                                 CURLE_SSL_CONNECT_ERROR,     CURLE_SSL_CACERT_BADFILE};
  return std::find(before.begin(), before.end(), code) != before.end();
}

/// Requests to this machine never go through a proxy of the environment.
bool is_this_machine(const std::string& url) {
  const auto host = url.substr(std::min(url.find("://") + 3, url.size()));
  return host.starts_with("127.") || host.starts_with("localhost") || host.starts_with("[::1]");
}

std::string query_of(const api_call& call) {
  std::string query;
  for (const auto& [name, value] : call.query)
    if (!value.empty())
      query += fmt::format("{}{}={}", query.empty() ? '?' : '&', name, url_encoded(value));
  return query;
}

} // namespace

struct http_session::handles {
  handles() : one(::curl_easy_init()), many(::curl_multi_init()) {
    if (one == nullptr || many == nullptr) {
      release();
      throw error("http_transport", "libcurl cannot begin: there is no memory");
    }
  }
  handles(const handles&) = delete;
  handles& operator=(const handles&) = delete;
  ~handles() { release(); }

  void release() {
    ::curl_easy_cleanup(one);
    ::curl_multi_cleanup(many);
    ::curl_slist_free_all(fields);
  }

  template <class Value>
  void set(CURLoption option, Value value) {
    if (const auto refused = ::curl_easy_setopt(one, option, value); refused != CURLE_OK)
      throw error("http_transport",
                  fmt::format("libcurl refuses a setting: {}", ::curl_easy_strerror(refused)));
  }

  void add_field(const std::string& line) {
    auto* const longer = ::curl_slist_append(fields, line.c_str());
    if (longer == nullptr)
      throw std::bad_alloc();
    fields = longer;
  }

  void forget_call() {
    ::curl_easy_reset(one); // keeps connections
    ::curl_slist_free_all(fields);
    fields = nullptr;
    words.fill('\0');
    stopped = false;
    failure = nullptr;
  }

  unsigned status() const {
    long value = 0;
    ::curl_easy_getinfo(one, CURLINFO_RESPONSE_CODE, &value);
    return static_cast<unsigned>(value);
  }

  static std::size_t take_body(char* bytes, std::size_t size, std::size_t count, void* self) noexcept {
    auto& to = *static_cast<handles*>(self);
    try {
      to.stopped = !(*to.take)(to.status(), {bytes, size * count});
    } catch (...) {
      to.failure = std::current_exception();
      to.stopped = true;
    }
    return to.stopped ? 0 : size * count; // 0: libcurl ends the transfer
  }

  CURL* one;
  CURLM* many;
  curl_slist* fields = nullptr;
  std::array<char, CURL_ERROR_SIZE> words{};
  const http_body_taker* take = nullptr;
  /// `take` wanted no more, or threw this.
  bool stopped = false;
  std::exception_ptr failure = nullptr;
  bool changes = false;
};

http_session::http_session(const http_target& target) : target_(target) {
  prepare_library();
  handles_ = std::make_unique<handles>();
}

http_session::~http_session() = default;

void http_session::set_up(const api_call& call) {
  auto& to = *handles_;
  to.forget_call();
  to.changes = call.method != "GET";
  to.set(CURLOPT_URL, (target_.url + call.path + query_of(call)).c_str());
  to.set(CURLOPT_PROTOCOLS_STR, "http,https");
  to.set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  to.set(CURLOPT_FOLLOWLOCATION, 0L);
  if (is_this_machine(target_.url))
    to.set(CURLOPT_PROXY, "");
  if (!target_.ca_file.empty())
    to.set(CURLOPT_CAINFO, target_.ca_file.c_str());
  to.set(CURLOPT_NOSIGNAL, 1L);
  // Do not wait for a name that is being resolved when the transfer is over.
  to.set(CURLOPT_QUICK_EXIT, 1L);
  to.set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(target_.connect_timeout.count()));
  to.set(CURLOPT_TCP_KEEPALIVE, 1L);
  to.set(CURLOPT_TCP_KEEPIDLE, static_cast<long>(target_.idle_timeout.count()));
  to.set(CURLOPT_TCP_KEEPINTVL, 5L);
  if (!call.patient) {
    to.set(CURLOPT_LOW_SPEED_LIMIT, 1L);
    to.set(CURLOPT_LOW_SPEED_TIME, static_cast<long>(target_.idle_timeout.count()));
  }
  to.set(CURLOPT_ERRORBUFFER, to.words.data());
  to.set(CURLOPT_WRITEFUNCTION, &handles::take_body);
  to.set(CURLOPT_WRITEDATA, static_cast<void*>(&to));
  if (call.body) {
    to.set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(call.body->size()));
    to.set(CURLOPT_COPYPOSTFIELDS, call.body->c_str());
    to.add_field("Content-Type: application/json");
    to.add_field("Expect:"); // without a round trip before the body
  }
  if (call.method != (call.body ? "POST" : "GET"))
    to.set(CURLOPT_CUSTOMREQUEST, call.method.c_str());
  to.add_field("User-Agent: sluice/" + version_number());
  if (!target_.token.empty())
    to.add_field("Authorization: Bearer " + target_.token);
  for (const auto& line : call.fields)
    to.add_field(line);
  to.set(CURLOPT_HTTPHEADER, to.fields);
}

http_end http_session::perform(const api_call& call, const http_body_taker& take) {
  set_up(call);
  auto& to = *handles_;
  to.take = &take;
  if (const auto added = ::curl_multi_add_handle(to.many, to.one); added != CURLM_OK)
    throw error("http_transport", fmt::format("libcurl cannot begin: {}", ::curl_multi_strerror(added)));
  /// Leaves the connection for the next call.
  struct removal {
    handles& from;
    ~removal() { ::curl_multi_remove_handle(from.many, from.one); }
  } const at_end{to};
  auto end = await();
  if (to.failure)
    std::rethrow_exception(to.failure);
  return end;
}

http_end http_session::await() {
  auto& to = *handles_;
  for (;;) {
    if (interrupted_)
      throw error("interrupted", "the request was given up");
    int running = 0;
    const auto moved = ::curl_multi_perform(to.many, &running);
    int left = 0;
    if (const auto* message = ::curl_multi_info_read(to.many, &left))
      return judge(message->data.result);
    const auto waited = ::curl_multi_poll(to.many, nullptr, 0, long_wait_ms, nullptr);
    if (moved != CURLM_OK || waited != CURLM_OK)
      throw error("http_transport", fmt::format("libcurl cannot go on: {}",
                                                ::curl_multi_strerror(moved != CURLM_OK ? moved : waited)));
  }
}

http_end http_session::judge(int code) const {
  const auto result = static_cast<CURLcode>(code);
  const auto& from = *handles_;
  if (result == CURLE_OK || from.stopped)
    return {from.status()};
  http_end end;
  const std::string_view words = from.words.data();
  end.trouble = fmt::format("cannot reach {}: {}", shown_address(target_.url),
                            words.empty() ? std::string_view(::curl_easy_strerror(result)) : words);
  if (result == CURLE_PEER_FAILED_VERIFICATION)
    end.trouble += "; --ca-file names the certificates to trust";
  if (from.changes && !is_before_sending(result))
    end.trouble += "; whether the request was carried out is not known";
  end.worth_another = is_broken_connection(result);
  return end;
}

bool http_session::pause(std::chrono::milliseconds time) {
  const auto until = std::chrono::steady_clock::now() + time;
  while (!interrupted_) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now()).count();
    if (left <= 0)
      return true;
    (void)::curl_multi_poll(handles_->many, nullptr, 0, static_cast<int>(std::min<long>(left, long_wait_ms)),
                            nullptr);
  }
  return false;
}

void http_session::interrupt() noexcept {
  interrupted_ = true;
  (void)::curl_multi_wakeup(handles_->many);
}

} // namespace sluice
