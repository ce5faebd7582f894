#!/usr/bin/env ruby
# frozen_string_literal: true

# The sample application's writes and login in Sinatra, to show that any application server will do.
# A demonstration: users are in memory, and 100 iterations protect no real password.
#
#   apt-get install ruby-sinatra puma
#   ruby examples/sw-4567.rb -p 4567        (or PORT=4567 ruby examples/sw-4567.rb)

# Read while Sinatra is loaded: without its development pages, a 404 is short and names nothing.
ENV['APP_ENV'] ||= 'production'

require 'json'
require 'openssl'
require 'securerandom'
require 'sinatra'

set :server, :puma
set :quiet, true
set :default_content_type, 'text/plain'
# The access log would show the passwords that /login checks.
disable :logging
set :port, Integer(ENV.fetch('PORT', 4567)) unless ARGV.include?('-p')
set :bind, '127.0.0.1' unless ARGV.include?('-o')
# HAProxy and the proxy in front have their own checks; a copied request bears the public host's name.
disable :protection

USERS = {} # name => { version:, salt:, hash:, last: [chain, sequence], answer: [status, body] }
LOCK = Mutex.new

helpers do
  def fields
    given = request.media_type == 'application/json' ? JSON.parse(request.body.read) : params
    user, password = given.values_at('user', 'password')
    halt 400, 'user or password is missing' unless [user, password].all? { |f| f.is_a?(String) && !f.empty? }
    [user, password]
  rescue JSON::ParserError, NoMethodError, TypeError
    halt 400, 'the body is not a JSON object with the texts user and password'
  end

  # The salt follows from the proxy's sequence, so that all copies store the same hash.
  def salted(user, password)
    sequence = request.env['HTTP_TEECHAIN_SEQUENCE']
    salt = sequence ? OpenSSL::HMAC.digest('SHA256', user, sequence)[0, 16] : SecureRandom.random_bytes(16)
    { salt: salt, hash: OpenSSL::KDF.pbkdf2_hmac(password, salt: salt, iterations: 100, length: 32, hash: 'SHA256') }
  end

  # A write that comes again, with the same chain and sequence, is discarded and answered as it was the first time.
  def change(user, password)
    delivery = request.env.values_at('HTTP_TEECHAIN_CHAIN', 'HTTP_TEECHAIN_SEQUENCE')
    stored = salted(user, password)
    LOCK.synchronize do
      known = USERS[user]
      return known[:answer] if known && delivery.last && known[:last] == delivery

      status, refusal = yield known
      return [status, { 'Content-Type' => 'text/plain' }, refusal] if refusal

      version = known ? known[:version] + 1 : 1
      answer = [status, { 'Content-Type' => 'application/json' }, JSON.generate(user: user, version: version)]
      USERS[user] = stored.merge(version: version, last: delivery, answer: answer)
      answer
    end
  end
end

post('/register') { change(*fields) { |known| known ? [409, 'the user exists'] : [201] } }

post('/changePassword') { change(*fields) { |known| known ? [200] : [404, 'there is no such user'] } }

get '/login' do
  known = LOCK.synchronize { USERS[params['user']] }
  halt 404, 'there is no such user' unless known
  if (password = params['password'])
    hash = OpenSSL::KDF.pbkdf2_hmac(password, salt: known[:salt], iterations: 100, length: 32, hash: 'SHA256')
    halt 401, 'the password is wrong' unless OpenSSL.fixed_length_secure_compare(hash, known[:hash])
  end
  content_type :json
  JSON.generate(user: params['user'], version: known[:version])
end

get('/') { "Hi there, I'm served from sinatra on #{settings.port}!" }
