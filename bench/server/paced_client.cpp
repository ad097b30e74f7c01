#include "bench/server/paced_client.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <cerrno>
#include <charconv>
#include <deque>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdexcept>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace sluice::bench {

namespace {

using clock_type = std::chrono::steady_clock;

/// Where the load goes.
class connection {
public:
  explicit connection(const paced_load& load) : load_(&load) { open(); }
  connection(connection&& other) noexcept
      : load_(other.load_), socket_(std::exchange(other.socket_, -1)), busy_(other.busy_), due_(other.due_) {}
  connection& operator=(connection&&) = delete;
  ~connection() { ::close(socket_); }

  bool is_busy() const noexcept { return busy_; }
  int socket() const noexcept { return socket_; }
  clock_type::time_point due() const noexcept { return due_; }

  void open() {
    if (socket_ >= 0)
      ::close(socket_);
    busy_ = false;
    received_.clear();
    socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(load_->port);
    if (::inet_pton(AF_INET, load_->host.c_str(), &address.sin_addr) != 1)
      throw std::runtime_error("'" + load_->host + "' is no address as digits");
    if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
      throw std::system_error(errno, std::generic_category(), "connect");
    const int on = 1;
    (void)::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }

  /// Requests are small and nothing is under way: the socket takes them at once. Returns whether it did.
  bool send(const std::string& request, clock_type::time_point due) {
    due_ = due;
    busy_ =
        ::send(socket_, request.data(), request.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(request.size());
    return busy_;
  }

  /// Reads what has come. Returns the status of the answer once it is whole, 0 before, -1 when the connection
  /// broke.
  int receive() {
    char buffer[64 * 1024];
    const auto count = ::recv(socket_, buffer, sizeof buffer, MSG_DONTWAIT);
    if (count < 0 && (errno == EAGAIN || errno == EINTR))
      return 0;
    if (count <= 0)
      return -1;
    received_.append(buffer, static_cast<std::size_t>(count));
    const auto head = received_.find("\r\n\r\n");
    if (head == std::string::npos || received_.size() < head + 4 + length_of(head))
      return 0;
    int status = 0;
    std::from_chars(received_.data() + 9, received_.data() + 12, status);
    received_.clear();
    busy_ = false;
    return status;
  }

private:
  std::size_t length_of(std::size_t head) const {
    static constexpr std::string_view name = "Content-Length: ";
    const auto at = received_.find(name);
    std::size_t length = 0;
    if (at == std::string::npos || at > head ||
        std::from_chars(received_.data() + at + name.size(), received_.data() + head, length).ec !=
            std::errc{})
      throw std::runtime_error("an answer without a length: " + received_.substr(0, 200));
    return length;
  }

  const paced_load* load_;
  int socket_ = -1;
  bool busy_ = false;
  clock_type::time_point due_{};
  std::string received_;
};

/// One load from its beginning to its end.
class pacer {
public:
  explicit pacer(const paced_load& load)
      : load_(load),
        pause_(
            std::chrono::duration_cast<clock_type::duration>(std::chrono::duration<double>(1 / load.rate))) {
    for (std::size_t i = 0; i < load.connections; ++i)
      connections_.emplace_back(load);
    latencies_.reserve(static_cast<std::size_t>(load.rate * load.time.count()) + 1);
  }

  paced_result run() {
    const auto begin = clock_type::now();
    const auto end = begin + std::chrono::duration_cast<clock_type::duration>(load_.time);
    auto next = begin;
    while (true) {
      const auto now = clock_type::now();
      for (; next <= now && next < end; next += pause_)
        waiting_.push_back(next);
      send_waiting();
      // What is under way may still be answered, within a second.
      if (now >= end + std::chrono::seconds{1} || (now >= end && waiting_.empty() && !any_busy()))
        break;
      wait(next < end ? next : now < end ? end : end + std::chrono::seconds{1});
    }
    return finish(begin);
  }

private:
  bool any_busy() const {
    return std::any_of(connections_.begin(), connections_.end(),
                       [](const auto& each) { return each.is_busy(); });
  }

  void send_waiting() {
    for (auto& each : connections_) {
      if (waiting_.empty())
        return;
      if (each.is_busy())
        continue;
      const auto& request = load_.requests[sent_++ % load_.requests.size()];
      if (!each.send(request, waiting_.front()))
        mend(each);
      else
        waiting_.pop_front();
    }
  }

  void mend(connection& broken) {
    ++result_.broken;
    broken.open();
  }

  void wait(clock_type::time_point until) {
    polled_.clear();
    for (const auto& each : connections_)
      polled_.push_back({each.socket(), static_cast<short>(each.is_busy() ? POLLIN : 0), 0});
    const auto left = std::max<clock_type::duration>(until - clock_type::now(), clock_type::duration::zero());
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(left);
    const timespec time{seconds.count(), std::chrono::nanoseconds(left - seconds).count()};
    (void)::ppoll(polled_.data(), polled_.size(), &time, nullptr);
    for (std::size_t i = 0; i < polled_.size(); ++i)
      if (polled_[i].revents != 0)
        hear(connections_[i]);
  }

  void hear(connection& from) {
    const auto status = from.receive();
    if (status < 0)
      return mend(from);
    if (status == 0)
      return;
    ++result_.answered;
    result_.refused += status / 100 == 2 ? 0 : 1;
    latencies_.push_back(clock_type::now() - from.due());
  }

  paced_result finish(clock_type::time_point begin) {
    result_.seconds = std::chrono::duration<double>(clock_type::now() - begin).count();
    result_.missed = waiting_.size() +
                     static_cast<std::size_t>(std::count_if(connections_.begin(), connections_.end(),
                                                            [](const auto& each) { return each.is_busy(); }));
    if (latencies_.empty())
      return result_;
    std::sort(latencies_.begin(), latencies_.end());
    result_.p50 = latencies_[latencies_.size() / 2];
    result_.p99 = latencies_[latencies_.size() * 99 / 100];
    result_.longest = latencies_.back();
    return result_;
  }

  const paced_load& load_;
  const clock_type::duration pause_;
  std::vector<connection> connections_;
  std::vector<pollfd> polled_;
  /// When each request that no connection was free for should have been sent.
  std::deque<clock_type::time_point> waiting_;
  std::vector<std::chrono::nanoseconds> latencies_;
  std::uint64_t sent_ = 0;
  paced_result result_;
};

} // namespace

paced_result run_paced(const paced_load& load) {
  if (load.requests.empty() || load.connections == 0 || !(load.rate > 0))
    throw std::runtime_error("a load needs requests, connections and a rate");
  return pacer(load).run();
}

} // namespace sluice::bench
