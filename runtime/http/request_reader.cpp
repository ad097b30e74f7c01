#include "runtime/http/request_reader.hpp"

#include "runtime/http/error_envelope.hpp"
#include "runtime/http/websocket_handshake.hpp"

#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

namespace sluice {

namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;

std::string_view view(beast::string_view text) {
  return {text.data(), text.size()};
}

/// Beast's parser, writing into an http_request.
class parser final : public http::basic_parser<true> {
public:
  parser(http_request& request, std::size_t header_bytes) : request_(request), header_bytes_(header_bytes) {}

  bool expects_continue() const noexcept { return expects_continue_; }
  bool expects_other() const noexcept { return expects_other_; }
  bool asks_upgrade() const noexcept { return asks_upgrade_; }
  /// What the header says of the body's form is not what we can take.
  bool bad_encoding() const { return encoded_ && (!chunked() || request_.http_1_0); }

private:
  void on_request_impl(http::verb, beast::string_view method, beast::string_view target, int version,
                       error_code& failure) override {
    count(method.size() + target.size() + std::string_view("  HTTP/1.1\r\n").size(), failure);
    request_.method = view(method);
    set_target(request_, view(target));
    request_.http_1_0 = version < 11;
  }

  void on_field_impl(http::field name, beast::string_view name_text, beast::string_view value,
                     error_code& failure) override {
    // Fields behind a chunked body (trailers) must not pass for those of the header.
    if (in_body_)
      return;
    count(name_text.size() + value.size() + std::string_view(": \r\n").size(), failure);
    if (failure)
      return;
    if (name == http::field::transfer_encoding) {
      // Only the body's end depends on it, but one who reads it otherwise would see another request there.
      encoded_ = true;
      if (!beast::iequals(value, "chunked"))
        failure = http::error::bad_transfer_encoding;
    } else if (name == http::field::expect) {
      (beast::iequals(value, "100-continue") ? expects_continue_ : expects_other_) = true;
    } else if (name == http::field::upgrade) {
      asks_upgrade_ = true;
    }
    request_.fields.emplace_back(view(name_text), view(value));
  }

  /// Beast limits the first line, and the fields after it; this limits both together.
  void count(std::size_t bytes, error_code& failure) {
    if (bytes > header_bytes_)
      failure = http::error::header_limit;
    header_bytes_ -= std::min(bytes, header_bytes_);
  }

  void on_header_impl(error_code& failure) override {
    in_body_ = true;
    if (bad_encoding())
      failure = http::error::bad_transfer_encoding;
  }

  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}

  std::size_t on_body_impl(beast::string_view bytes, error_code&) override {
    request_.body.append(bytes.data(), bytes.size());
    return bytes.size();
  }

  void on_chunk_header_impl(std::uint64_t, beast::string_view, error_code&) override {}

  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view bytes, error_code&) override {
    request_.body.append(bytes.data(), bytes.size());
    return bytes.size();
  }

  void on_response_impl(int, beast::string_view, int, error_code&) override {}
  void on_finish_impl(error_code&) override {}

  http_request& request_;
  /// What the header may still have.
  std::size_t header_bytes_;
  bool in_body_ = false;
  bool encoded_ = false;
  bool expects_continue_ = false;
  bool expects_other_ = false;
  bool asks_upgrade_ = false;
};

} // namespace

struct request_reader::state {
  explicit state(const http_limits& allowed) : limits(allowed) {}

  outcome refuse(unsigned status, std::string_view code, const std::string& message,
                 std::string_view detail = {}) {
    refusal = error_response(status, code, message, detail);
    return outcome::refused;
  }

  outcome refuse_header() {
    return refuse(431, "header_too_large",
                  "the request's header is over " + std::to_string(limits.header_bytes) + " bytes");
  }

  outcome refuse_for(error_code failure) {
    if (failure == http::error::header_limit)
      return refuse_header();
    if (failure == http::error::body_limit)
      return refuse(413, "body_too_large",
                    "the request's body is over " + std::to_string(limits.body_bytes) + " bytes");
    return refuse(400, "bad_request", "this is no HTTP/1.1 request", failure.message());
  }

  /// `pending`: bytes that the parser has seen and cannot use yet. Beast 1.74 limits neither a header that
  /// comes field by field nor what stands around chunks, so that a client could send them for ever.
  outcome judge(std::size_t header_used, std::size_t pending) {
    if (!reader->is_header_done()) {
      header_bytes += header_used;
      if (header_bytes + pending > limits.header_bytes)
        return refuse_header();
      return outcome::incomplete;
    }
    if (reader->expects_other())
      return refuse(417, "expectation_failed", "this server knows no Expect but 100-continue");
    if (!reader->is_done())
      return pending > limits.header_bytes
                 ? refuse(400, "bad_request", "what stands around the body's chunks is too long")
                 : outcome::incomplete;
    request.wants_websocket = reader->asks_upgrade() && asks_for_websocket(request);
    return outcome::complete;
  }

  const http_limits& limits;
  http_request request;
  std::optional<parser> reader;
  http_response refusal;
  std::size_t header_bytes = 0;
};

request_reader::request_reader(const http_limits& limits) : state_(std::make_unique<state>(limits)) {
  start();
}

request_reader::~request_reader() = default;

void request_reader::start() {
  auto& here = *state_;
  here.request = {};
  here.header_bytes = 0;
  auto& parser = here.reader.emplace(here.request, here.limits.header_bytes);
  parser.header_limit(static_cast<std::uint32_t>(here.limits.header_bytes));
  parser.body_limit(here.limits.body_bytes);
  parser.eager(true);
}

request_reader::outcome request_reader::read(std::string_view bytes, std::size_t& used) {
  auto& here = *state_;
  used = 0;
  if (!began())
    // RFC 9112 2.2: some clients end a body with an empty line too many.
    while (bytes.substr(used).starts_with("\r\n"))
      used += 2;
  const auto skipped = used;
  const auto rest = bytes.substr(used);
  if (rest.empty() || (!began() && rest == "\r"))
    return outcome::incomplete;
  error_code failure;
  const bool in_header = !here.reader->is_header_done();
  // What ends a chunked body has five bytes and more; Beast 1.74 asserts it when it looks a second time.
  if (!in_header && here.reader->chunked() && rest.size() < std::string_view("0\r\n\r\n").size())
    return outcome::incomplete;
  used += here.reader->put(boost::asio::const_buffer(rest.data(), rest.size()), failure);
  if (failure && failure != http::error::need_more)
    return here.refuse_for(failure);
  return here.judge(in_header ? used - skipped : 0, bytes.size() - used);
}

bool request_reader::began() const noexcept {
  return state_->reader->got_some();
}

bool request_reader::header_complete() const noexcept {
  return state_->reader->is_header_done();
}

bool request_reader::wants_continue() const noexcept {
  return header_complete() && !state_->reader->is_done() && state_->reader->expects_continue() &&
         !state_->request.http_1_0 && state_->request.body.empty();
}

bool request_reader::keep_alive() const {
  return header_complete() && state_->reader->keep_alive();
}

std::size_t request_reader::body_bytes() const noexcept {
  return state_->request.body.size();
}

http_request& request_reader::request() noexcept {
  return state_->request;
}

http_response request_reader::refusal() const {
  return state_->refusal;
}

} // namespace sluice
