use super::*;

fn request_id() -> RequestId {
    RequestId::of(&http::HeaderMap::new(), &http::Extensions::new())
}

#[test]
fn what_threads_count_is_added_up() {
    let metrics = Metrics::default();
    let recorder = metrics.recorder("create_product", &Method::POST, "/products/{id}", None);
    assert!(metrics.operations().is_empty(), "nothing was asked yet");
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let recorder = Arc::clone(&recorder);
            std::thread::spawn(move || {
                for index in 0..1000 {
                    let status = if index % 10 == 0 { StatusCode::NOT_FOUND } else { StatusCode::CREATED };
                    recorder.record(status, Duration::from_micros(300), &request_id());
                }
            })
        })
        .collect();
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    let [snapshot] = &metrics.operations()[..] else { panic!("one operation") };
    assert_eq!(snapshot.statuses, [(201, 3600), (404, 400)]);
    assert_eq!((snapshot.durations.count(), snapshot.durations.sum()), (4000, Duration::from_millis(1200)));
}

#[test]
fn statuses_without_end_are_bounded() {
    let metrics = Metrics::default();
    let recorder = metrics.recorder("any", &Method::GET, "/", None);
    for status in 200..300 {
        recorder.record(StatusCode::from_u16(status).unwrap(), Duration::ZERO, &request_id());
    }
    let statuses = &metrics.operations()[0].statuses;
    assert_eq!((statuses.len(), statuses[0]), (17, (0, 84)));
}

#[test]
fn the_text_is_prometheus() {
    let metrics = Metrics::default();
    let recorder = metrics.recorder("shown", &Method::GET, "/a\"b\\c", None);
    recorder.record(StatusCode::OK, Duration::from_micros(1500), &request_id());
    let mut text = Text::default();
    metrics.write_prometheus(&mut text);
    let text = text.into_string();
    let labels = r#"operation="shown",http_request_method="GET",http_route="/a\"b\\c""#;
    for line in [
        "# TYPE http_server_requests_total counter".to_owned(),
        format!("http_server_requests_total{{{labels},http_response_status_code=\"200\"}} 1"),
        format!("http_server_request_duration_seconds_bucket{{{labels},le=\"0.001\"}} 0"),
        format!("http_server_request_duration_seconds_bucket{{{labels},le=\"0.002\"}} 1"),
        format!("http_server_request_duration_seconds_bucket{{{labels},le=\"+Inf\"}} 1"),
        format!("http_server_request_duration_seconds_sum{{{labels}}} 0.0015"),
        format!("http_server_request_duration_seconds_count{{{labels}}} 1"),
    ] {
        assert!(text.lines().any(|known| known == line), "missing: {line}\n{text}");
    }
}

#[test]
fn the_last_errors_are_kept_up_to_a_bound() {
    let metrics = Metrics::default();
    let recorder = metrics.recorder("failing", &Method::GET, "/", None);
    let id = request_id();
    for _ in 0..LAST_ERRORS + 5 {
        recorder.record(StatusCode::INTERNAL_SERVER_ERROR, Duration::ZERO, &id);
    }
    let errors = metrics.last_errors();
    assert_eq!((errors.len(), errors[0].status, errors[0].request_id.as_str()), (LAST_ERRORS, 500, id.as_str()));
}

#[test]
fn the_app_writes_what_it_counts_itself() {
    let durations = Arc::new(Durations::default());
    durations.record(Duration::from_millis(3));
    let app = crate::app::App::new("Example", "1").add_metrics(move |text| {
        text.family("mails_waiting", Kind::Gauge, "Mails.").sample(&[], 2);
        text.family("mail_seconds", Kind::Histogram, "Sending.").histogram(&[("kind", "x")], &durations.histogram());
    });
    let mut text = Text::default();
    app.metrics().write_prometheus(&mut text);
    let text = text.into_string();
    for line in [
        "# TYPE mails_waiting gauge",
        "mails_waiting 2",
        "mail_seconds_bucket{kind=\"x\",le=\"0.002\"} 0",
        "mail_seconds_bucket{kind=\"x\",le=\"0.005\"} 1",
        "mail_seconds_sum{kind=\"x\"} 0.003",
        "mail_seconds_count{kind=\"x\"} 1",
    ] {
        assert!(text.lines().any(|known| known == line), "missing: {line}\n{text}");
    }
}
