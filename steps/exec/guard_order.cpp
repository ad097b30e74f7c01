#include "steps/exec/guard_order.hpp"

#include <charconv>

namespace sluice {

namespace {

constexpr std::string_view form = "sluice-exec-1";

class order_writer {
public:
  void put(std::string_view text) {
    bytes_ += text;
    bytes_ += '\0';
  }
  template <class Number>
  void put_number(Number number) {
    put(std::to_string(number));
  }
  void put_all(const std::vector<std::string>& texts) {
    put_number(texts.size());
    for (const auto& text : texts)
      put(text);
  }
  std::string take() { return std::move(bytes_); }

private:
  std::string bytes_;
};

class order_reader {
public:
  explicit order_reader(std::string_view bytes) : rest_(bytes) {}

  std::string_view get() {
    const auto end = rest_.find('\0');
    if (end == rest_.npos) {
      good_ = false;
      return {};
    }
    const auto text = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return text;
  }
  template <class Number>
  Number get_number() {
    const auto text = get();
    Number number = 0;
    const auto [stopped, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    good_ = good_ && failure == std::errc{} && stopped == text.data() + text.size();
    return number;
  }
  std::vector<std::string> get_all() {
    std::vector<std::string> texts;
    for (auto count = get_number<std::size_t>(); good_ && count > 0; --count)
      texts.emplace_back(get());
    return texts;
  }
  bool at_end() const noexcept { return good_ && rest_.empty(); }

private:
  std::string_view rest_;
  bool good_ = true;
};

} // namespace

std::string write_order(const guard_order& order) {
  order_writer to;
  to.put(form);
  to.put_number(order.worker);
  to.put(order.lock_path);
  to.put_number(order.lock_byte);
  to.put(order.cwd);
  to.put_all(order.argv);
  to.put_all(order.environment);
  return to.take();
}

std::optional<guard_order> read_order(std::string_view bytes) {
  order_reader from(bytes);
  if (from.get() != form)
    return std::nullopt;
  guard_order order;
  order.worker = from.get_number<pid_t>();
  order.lock_path = from.get();
  order.lock_byte = from.get_number<std::uint64_t>();
  order.cwd = from.get();
  order.argv = from.get_all();
  order.environment = from.get_all();
  if (!from.at_end() || order.argv.empty())
    return std::nullopt;
  return order;
}

} // namespace sluice
