#include "steps/http/http_transfer.hpp"

#include "model/base/error.hpp"
#include "steps/http/signal_shield.hpp"
#include "steps/http/web_address.hpp"
#include "steps/since_boot.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <curl/curl.h>
#include <optional>
#include <string_view>

namespace sluice {

namespace {

/// Longest wait in one call; traffic and the inbox end it early.
constexpr std::chrono::milliseconds long_wait{1'000};
constexpr long most_redirects = 5;

/// libcurl's one preparation per process. It is never undone: a host may use libcurl, too.
void prepare_library() {
  static const CURLcode prepared = ::curl_global_init(CURL_GLOBAL_DEFAULT);
  if (prepared != CURLE_OK)
    throw error("http_transport",
                std::string("libcurl cannot be prepared: ") + ::curl_easy_strerror(prepared));
}

std::size_t take_header(char* bytes, std::size_t size, std::size_t count, void* answer) noexcept {
  try {
    static_cast<http_answer*>(answer)->take_header({bytes, size * count});
    return size * count;
  } catch (...) {
    return 0; // libcurl ends the transfer
  }
}

std::size_t take_body(char* bytes, std::size_t size, std::size_t count, void* answer) noexcept {
  try {
    return static_cast<http_answer*>(answer)->take_body({bytes, size * count}) ? size * count : 0;
  } catch (...) {
    return 0;
  }
}

/// Whether the same request may be answered the next time.
bool is_transient_failure(CURLcode code) noexcept {
  constexpr std::array transient = {CURLE_COULDNT_RESOLVE_PROXY,
                                    CURLE_COULDNT_RESOLVE_HOST,
                                    CURLE_COULDNT_CONNECT,
                                    CURLE_OPERATION_TIMEDOUT,
                                    CURLE_SEND_ERROR,
                                    CURLE_RECV_ERROR,
                                    CURLE_GOT_NOTHING,
                                    CURLE_PARTIAL_FILE,
                                    CURLE_SSL_CONNECT_ERROR,
                                    CURLE_HTTP2,
                                    CURLE_HTTP2_STREAM,
                                    CURLE_OUT_OF_MEMORY};
  return std::find(transient.begin(), transient.end(), code) != transient.end();
}

bool has_header(const http_params& params, std::string_view name) {
  return std::any_of(params.headers.begin(), params.headers.end(),
                     [&](const auto& header) { return is_same_header(header.first, name); });
}

} // namespace

struct http_transfer::handles {
  handles() = default;
  handles(const handles&) = delete;
  handles& operator=(const handles&) = delete;
  ~handles() {
    if (many != nullptr && one != nullptr)
      ::curl_multi_remove_handle(many, one);
    ::curl_easy_cleanup(one);
    ::curl_multi_cleanup(many);
    ::curl_slist_free_all(headers);
  }

  template <class Value>
  void set(CURLoption option, Value value) {
    const auto refused = ::curl_easy_setopt(one, option, value);
    if (refused != CURLE_OK)
      throw error("http_transport",
                  std::string("libcurl refuses a setting: ") + ::curl_easy_strerror(refused));
  }

  void add_header(const std::string& line) {
    auto* const longer = ::curl_slist_append(headers, line.c_str());
    if (longer == nullptr)
      throw std::bad_alloc();
    headers = longer;
  }

  CURL* one = nullptr;
  CURLM* many = nullptr;
  curl_slist* headers = nullptr;
  std::array<char, CURL_ERROR_SIZE> words{};
};

http_transfer::http_transfer(const http_params& params, const attempt_token& token)
    : params_(params), answer_(params.output_limit), handles_(std::make_unique<handles>()) {
  prepare_library();
  handles_->one = ::curl_easy_init();
  handles_->many = ::curl_multi_init();
  if (handles_->one == nullptr || handles_->many == nullptr)
    throw error("http_transport", "libcurl cannot begin a transfer: there is no memory");
  set_up(token);
}

http_transfer::~http_transfer() = default;

void http_transfer::set_up(const attempt_token& token) {
  auto& to = *handles_;
  to.set(CURLOPT_URL, params_.url.c_str());
  to.set(CURLOPT_PROTOCOLS_STR, "http,https");
  to.set(CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
  to.set(CURLOPT_FOLLOWLOCATION, params_.follow_redirects ? 1L : 0L);
  to.set(CURLOPT_MAXREDIRS, most_redirects);
  // What is not set here would be taken from the environment of the worker.
  to.set(CURLOPT_PROXY, params_.proxy.c_str());
  to.set(CURLOPT_NOPROXY, "");
  to.set(CURLOPT_TIMEOUT_MS, static_cast<long>(params_.timeout.count()));
  to.set(CURLOPT_NOSIGNAL, 1L);
  // Do not wait for a name that is being resolved when the transfer is over.
  to.set(CURLOPT_QUICK_EXIT, 1L);
  to.set(CURLOPT_ERRORBUFFER, to.words.data());
  to.set(CURLOPT_HEADERFUNCTION, &take_header);
  to.set(CURLOPT_HEADERDATA, static_cast<void*>(&answer_));
  to.set(CURLOPT_WRITEFUNCTION, &take_body);
  to.set(CURLOPT_WRITEDATA, static_cast<void*>(&answer_));
  set_method();
  add_headers(token);
}

void http_transfer::set_method() {
  auto& to = *handles_;
  const auto& method = params_.method;
  if (params_.body || method == "POST") {
    const auto& body = params_.body ? *params_.body : std::string();
    to.set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
    to.set(CURLOPT_COPYPOSTFIELDS, body.c_str());
    if (method != "POST")
      to.set(CURLOPT_CUSTOMREQUEST, method.c_str());
  } else if (method == "HEAD") {
    to.set(CURLOPT_NOBODY, 1L);
  } else if (method != "GET") {
    to.set(CURLOPT_CUSTOMREQUEST, method.c_str());
  }
}

void http_transfer::add_headers(const attempt_token& token) {
  auto& to = *handles_;
  for (const auto& [name, value] : params_.headers)
    to.add_header(value.empty() ? name + ";" : name + ": " + value); // libcurl's spelling of an empty one
  if (!has_header(params_, "user-agent"))
    to.add_header("User-Agent: sluice");
  if (!has_header(params_, "idempotency-key"))
    to.add_header("Idempotency-Key: " + idempotency_token(token));
  to.add_header("Sluice-Fencing-Token: " + std::to_string(token.fence));
  if (!has_header(params_, "content-type"))
    to.add_header("Content-Type:" + (params_.content_type.empty() ? "" : " " + params_.content_type));
  // Without a round trip before the body.
  if (!has_header(params_, "expect"))
    to.add_header("Expect:");
  to.set(CURLOPT_HTTPHEADER, to.headers);
}

transfer_end http_transfer::run(signal_inbox& inbox) {
  const signal_shield shield;
  const auto added = ::curl_multi_add_handle(handles_->many, handles_->one);
  if (added != CURLM_OK)
    throw error("http_transport", std::string("libcurl cannot begin: ") + ::curl_multi_strerror(added));
  return await(inbox);
}

transfer_end http_transfer::await(signal_inbox& inbox) {
  std::optional<std::chrono::nanoseconds> deadline;
  for (;;) {
    const auto news = inbox.take();
    if (news.interrupted)
      return transfer_end::interrupted;
    if (news.deadline)
      deadline = news.deadline;
    if (deadline && since_boot() >= *deadline)
      return transfer_end::expired;
    int running = 0;
    const auto moved = ::curl_multi_perform(handles_->many, &running);
    int left = 0;
    if (const auto* message = ::curl_multi_info_read(handles_->many, &left))
      return judge(message->data.result);
    auto longest = long_wait;
    if (deadline)
      longest = std::clamp(std::chrono::ceil<std::chrono::milliseconds>(*deadline - since_boot()),
                           std::chrono::milliseconds{0}, long_wait);
    curl_waitfd bell{inbox.descriptor(), CURL_WAIT_POLLIN, 0};
    const auto waited =
        ::curl_multi_poll(handles_->many, &bell, 1, static_cast<int>(longest.count()), nullptr);
    if (moved != CURLM_OK || waited != CURLM_OK)
      throw error("http_transport", std::string("libcurl cannot go on: ") +
                                        ::curl_multi_strerror(moved != CURLM_OK ? moved : waited));
  }
}

transfer_end http_transfer::judge(int code) {
  const auto result = static_cast<CURLcode>(code);
  // The body was cut off on purpose.
  const bool full = result == CURLE_WRITE_ERROR && answer_.body().truncated(params_.output_limit);
  if (result == CURLE_OK || full)
    return transfer_end::answered;
  const std::string_view words = handles_->words.data();
  trouble_ = fmt::format("{} {}: {}", params_.method, shown_address(params_.url),
                         words.empty() ? std::string_view(::curl_easy_strerror(result)) : words);
  transient_ = is_transient_failure(result);
  return transfer_end::failed;
}

int http_transfer::status() const {
  long status = 0;
  ::curl_easy_getinfo(handles_->one, CURLINFO_RESPONSE_CODE, &status);
  return static_cast<int>(status);
}

} // namespace sluice
