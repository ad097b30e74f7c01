#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace sluice::testing {

/// A TLS connection to this machine that does not check who answers. No answer within 30 s ends it.
class https_test_client {
public:
  /// Throws when the handshake fails.
  /// @param newest 0x0302 for at most TLS 1.1, and so on; 0: whatever there is.
  explicit https_test_client(std::uint16_t port, int newest = 0);
  ~https_test_client();
  https_test_client(const https_test_client&) = delete;
  https_test_client& operator=(const https_test_client&) = delete;

  void send(std::string_view text);
  /// Returns the next response.
  std::string receive();
  std::string receive_until(std::string_view end);
  std::string receive_rest();
  std::string get(const std::string& path);

  /// The common name of the server's certificate.
  std::string server_name() const;

private:
  struct state;
  bool fill();
  std::unique_ptr<state> state_;
  std::string received_;
};

/// A certificate and its key as PEM files in a directory of their own, which goes with the object.
class test_certificate {
public:
  /// @param days until it expires; may be negative.
  explicit test_certificate(const std::string& name, int days = 1);
  ~test_certificate();
  test_certificate(const test_certificate&) = delete;
  test_certificate& operator=(const test_certificate&) = delete;

  const std::string& certificate() const noexcept { return certificate_; }
  const std::string& key() const noexcept { return key_; }

private:
  std::string directory_;
  std::string certificate_;
  std::string key_;
};

} // namespace sluice::testing
