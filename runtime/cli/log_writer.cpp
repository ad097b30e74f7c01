#include "runtime/cli/log_writer.hpp"

#include <nlohmann/json.hpp>
#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>

#include <atomic>
#include <mutex>
#include <utility>

namespace sluice {

namespace {

spdlog::level::level_enum to_spdlog(log_level level) noexcept {
  switch (level) {
  case log_level::debug:
    return spdlog::level::debug;
  case log_level::info:
    return spdlog::level::info;
  case log_level::warning:
    return spdlog::level::warn;
  case log_level::error:
    return spdlog::level::err;
  }
  return spdlog::level::err;
}

const char* colour_of(spdlog::level::level_enum level) noexcept {
  return level >= spdlog::level::err ? "\x1b[31m" : level == spdlog::level::warn ? "\x1b[33m" : "\x1b[36m";
}

class console_sink final : public spdlog::sinks::base_sink<std::mutex> {
public:
  console_sink(console& target, bool colours) : target_(target), colours_(colours) {}

private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t formatted;
    formatter_->format(message, formatted);
    const std::string_view line(formatted.data(), formatted.size());
    if (!colours_ || message.color_range_end <= message.color_range_start)
      return target_.write_line(line);
    const auto start = message.color_range_start;
    const auto end = message.color_range_end;
    std::string coloured(line.substr(0, start));
    coloured.append(colour_of(message.level)).append(line.substr(start, end - start)).append("\x1b[0m");
    target_.write_line(coloured.append(line.substr(end)));
  }
  void flush_() override {}

  console& target_;
  bool colours_;
};

/// Returns the members `event` and `message` of a JSON line, without braces; the pattern adds the rest.
std::string json_members(std::string_view event, std::string_view text) {
  const nlohmann::ordered_json line{{"event", std::string(event)}, {"message", std::string(text)}};
  const auto all = line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  return all.substr(1, all.size() - 2);
}

} // namespace

class log_writer::implementation {
public:
  implementation(console& target, const settings& wanted)
      : target_(target),
        json_(wanted.json),
        least_(spdlog::level::from_str(wanted.level)),
        logger_("sluice", std::make_shared<console_sink>(target, wanted.colours)) {
    const char* pattern =
        wanted.json ? R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})" : "%H:%M:%S.%e %^%l%$ %v";
    const auto zone = wanted.json ? spdlog::pattern_time_type::utc : spdlog::pattern_time_type::local;
    logger_.set_formatter(std::make_unique<spdlog::pattern_formatter>(pattern, zone, ""));
    logger_.set_level(spdlog::level::trace); // `least_` decides, since announcements pass by it
    // Its own failures (a broken stderr) have nowhere to go.
    logger_.set_error_handler([](const std::string&) {});
  }

  void set_level(const std::string& level) noexcept { least_ = spdlog::level::from_str(level); }

  void write(log_level level, std::string_view event, std::string_view text) {
    const auto severity = to_spdlog(level);
    if (severity < least_)
      return;
    logger_.log(severity, json_ ? json_members(event, text) : std::string(event) + ": " + std::string(text));
  }

  void announce(std::string_view event, std::string_view text) {
    if (least_ >= spdlog::level::err)
      return;
    if (json_)
      logger_.log(spdlog::level::info, json_members(event, text));
    else
      target_.write_line("sluice: " + std::string(text));
  }

private:
  console& target_;
  bool json_;
  std::atomic<spdlog::level::level_enum> least_;
  spdlog::logger logger_;
};

log_writer::log_writer(console& target, const settings& wanted)
    : implementation_(std::make_unique<implementation>(target, wanted)) {}

log_writer::~log_writer() = default;

void log_writer::set_level(const std::string& level) noexcept {
  implementation_->set_level(level);
}

void log_writer::announce(std::string_view event, std::string_view text) {
  implementation_->announce(event, text);
}

log_sink log_writer::sink() {
  return [this](log_level level, std::string_view event, std::string_view text) noexcept {
    try {
      implementation_->write(level, event, text);
    } catch (const std::exception&) {
      // Out of memory while logging: the line is lost, the flow is not.
    }
  };
}

} // namespace sluice
