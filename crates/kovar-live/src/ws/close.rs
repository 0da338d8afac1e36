//! Why a connection is closed.

use http::StatusCode;

/// A close code: those of RFC 6455 §7.4.1, and Kovar's own from 4000 on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CloseCode(pub u16);

impl CloseCode {
    /// The channel's function has returned.
    pub const NORMAL: Self = Self(1000);
    /// The server ends; come again.
    pub const GOING_AWAY: Self = Self(1001);
    /// The client broke the protocol.
    pub const PROTOCOL: Self = Self(1002);
    /// The client sent a kind of message that the channel does not take.
    pub const UNSUPPORTED: Self = Self(1003);
    /// The client sent text that is no UTF-8.
    pub const INVALID_TEXT: Self = Self(1007);
    /// The client broke a rule of the channel: of how bad messages are treated, or of how many there may be.
    pub const POLICY: Self = Self(1008);
    /// The client sent a message that is too long.
    pub const TOO_LARGE: Self = Self(1009);
    /// The channel's function has panicked.
    pub const INTERNAL: Self = Self(1011);
    /// The client reads too slowly, and had more to come than the connection may hold. Come again, and recover.
    pub const SLOW: Self = Self(4001);
    /// The client did not answer for too long.
    pub const SILENT: Self = Self(4002);
    /// Somebody has closed the connection by hand ([`Live::disconnect`](crate::Live::disconnect)). Do not come again.
    pub const DISCONNECTED: Self = Self(4003);

    /// The channel's function has ended with a problem of this status: 4000 more.
    pub const fn of_status(status: StatusCode) -> Self {
        Self(4000 + status.as_u16())
    }

    /// Whether a client that is closed with it should come again.
    pub(crate) fn comes_again(self) -> bool {
        match self {
            Self::GOING_AWAY | Self::INTERNAL | Self::SLOW | Self::SILENT => true,
            Self(code) => matches!(code, 4408 | 4425 | 4429 | 4500..=4599),
        }
    }

    /// Whether a client may send it (RFC 6455 §7.4).
    pub(super) fn may_be_sent(self) -> bool {
        matches!(self.0, 1000..=1003 | 1007..=1014 | 3000..=4999)
    }
}
