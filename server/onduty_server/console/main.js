var e,t,n,a,i,r,s,o,l,u,c,d=Symbol.for("pv"),p={},f=[],h=/^m(i|n|o|s|text|space)$/,m=Array.isArray,v=f.slice,y=Object.assign;function g(e){e&&e.parentNode&&e.remove()}function $(e,t,n){var a,i,r,s={},o=arguments.length;for(r in t)"key"==r?a=t[r]:"ref"==r&&"function"!=typeof e?i=t[r]:s[r]=t[r];return o>2&&(s.children=o>3?v.call(arguments,2):n),b(e,s,a,i,null)}function b(n,a,i,r,s){var o={type:n,props:a,key:i,ref:r,__k:null,__:null,__b:0,__e:null,__c:null,constructor:d,__v:s||++t,__i:-1,__u:0};return!s&&e.vnode&&e.vnode(o),o}function _(e){return e.children}function w(e,t){this.props=e,this.context=t,this.__g=0}function k(e,t){if(null==t)return e.__&&k(e.__,e.__i+1);for(var n;t<e.__k.length;t++)if((n=e.__k[t])&&n.__e)return n.__e;return"function"!=typeof e.type||e.props.__P?null:k(e)}function S(t){var n,a=t.__v,i=a.__e,r=[],s=[],o=t.__P;o&&((n=y({constructor:d},a)).__v=a.__v+1,e.vnode&&e.vnode(n),M(o,n,a,t.__n,o.namespaceURI,32&a.__u?[i]:null,r,i||k(a),32&a.__u,s),n.__v=a.__v,n.__.__k[n.__i]=n,D(r,n,s),a.__=a.__e=null,n.__e!=i&&N(n))}function N(e){if((e=e.__)&&e.__c&&!e.props.__P)return e.__e=null,e.__k.some(function(t){return t&&(e.__e=t.__e)}),N(e)}function T(t){(8&t.__g||(t.__g|=8,a.push(t),r++))&&i==e.debounceRendering||((i=e.debounceRendering)||queueMicrotask)(E)}function E(){try{for(var e,t=1;a.length;)a.length>t&&a.sort(s),e=a.shift(),t=a.length,8&e.__g&&S(e)}finally{(r=a.length)&&(i||queueMicrotask)(E)}}function I(e,t,n,a,i,r,s,o,l,u,c){var h,v,y,g,$,w,S=a.__k||f,N=t.length;for(l=function(e,t,n,a,i){var r,s,o,l,u,c,p,f,h,v=n.length,y=v,g=0,$=0,w=e.__k=Array(i);for(r=0;r<i;r++)null!=(s=t[r])&&"boolean"!=typeof s&&"function"!=typeof s?("object"!=typeof s||s.constructor===String?s=w[r]=b(null,s):m(s)?s=w[r]=b(_,{children:s}):s.constructor===d&&s.__b?s=w[r]=b(s.type,s.props,s.key,s.ref,s.__v):w[r]=s,l=r+g,s.__=e,s.__b=e.__b+1,o=null,~(u=s.__i=C(s,n,l,y))&&(y--,(o=n[u])&&(o.__u|=2)),o&&o.__v?(s.__u|=16,u==l-1?g--:u==l+1?g++:u!=l&&(u>l?g--:g++,$=1)):(~u||(i>v?g--:i<v&&g++),"function"!=typeof s.type&&(s.__u|=4))):w[r]=null;if($){for(c=[],p=[],r=0;r<i;r++)if((s=w[r])&&16&s.__u){for(g=0,f=c.length;g<f;)c[h=g+f>>1]<s.__i?g=h+1:f=h;c[g]=s.__i,p[r]=g+1}for(g=c.length;r--;)p[r]&&(p[r]==g?g--:w[r].__u|=4)}if(y)for(r=0;r<v;r++)!(o=n[r])||2&o.__u||(o.__e==a&&(a=k(o)),F(o,o));return a}(n,t,S,l,N),h=0;h<N;h++)null!=(y=n.__k[h])&&(v=~y.__i&&S[y.__i]||p,y.__i=h,w=M(e,y,v,i,r,s,o,l,u,c),g=y.__e,(v.ref!=y.ref||8&v.__u)&&(v.ref&&U(v.ref,null,y,v),y.ref&&c.push(y.ref,y.__c||g,y)),$=$||g,4&y.__u?(l=A(y,l,e,!v.__v),v.__e&&(v.__e=null)):"function"==typeof y.type&&void 0!==w?l=w:g&&(l=g.nextSibling),y.__u&=-21);return n.__e=$,l}function A(e,t,n,a){var i,r,s,o;if("function"==typeof e.type){if(e.props.__P)return t;if(i=e.__k)for(r=0;r<i.length;r++)i[r]&&(i[r].__=e,t=A(i[r],t,n,!1));return t}for(t&&!t.parentNode&&(t=k(e))&&!t.parentNode&&(t=null),s=e.__e,o=t;o&&8==o.nodeType;)o=o.nextSibling;for(s!=o&&(!a&&n.moveBefore&&s.parentNode?n.moveBefore(s,t):n.insertBefore(s,t||null)),t=s;(t=t&&t.nextSibling)&&8==t.nodeType&&!t.data.startsWith("$s"););return t}function C(e,t,n,a){var i,r=e.key,s=e.type,o=t[n],l=o&&!(2&o.__u);if(null===o&&null==r||l&&r==o.key&&s==o.type)return n;if(a>(l?1:0)){for(i=n-1;i>=0;i--)if((o=t[i])&&!(2&o.__u)&&r==o.key&&s==o.type)return i;for(i=n+1;i<t.length;i++)if((o=t[i])&&!(2&o.__u)&&r==o.key&&s==o.type)return i}return-1}function x(e,t,n){null==n&&(n=""),"-"==t[0]?e.setProperty(t,n):e[t]=n}function L(t,n,a,i,r){var s,d;if("style"==n)if("string"==typeof a)t.style.cssText=a;else{if("string"==typeof i&&(t.style.cssText=i=""),i)for(n in i)a&&n in a||x(t.style,n);if(a)for(n in a)i&&a[n]==i[n]||x(t.style,n,a[n])}else if("o"==n[0]&&"n"==n[1])"function"!=typeof a&&(a=null),"function"!=typeof i&&(i=null),(t.__e||(t.__e={}))[n]=a,a&&i||(d=c[n]||(c[n]=function(t){return function(n){var a=this.__e;if(a){if(a=a[t],null==n[o])n[o]=u++;else if(n[o]<this.__a[t])return;return a(e.event?e.event(n):n)}}}(n)),(t.__a||(t.__a={}))[n]=u,s=n!=(n=n.replace(l,"$1")),(n=n.slice(2))[0]<"a"&&(n=n.toLowerCase()),a?t.addEventListener(n,d,s):t.removeEventListener(n,d,s));else{if("http://www.w3.org/2000/svg"==r)n=n.replace(/xlink(H|:h)/,"h").replace(/sName$/,"s");else if("width"!=n&&"height"!=n&&"href"!=n&&"list"!=n&&"form"!=n&&"tabIndex"!=n&&"download"!=n&&"rowSpan"!=n&&"colSpan"!=n&&"role"!=n&&"popover"!=n&&n in t)try{return void(t[n]=a??"")}catch{}if("function"==typeof a)return;null==a||!1===a&&"-"!=n[4]?t.removeAttribute(n):t.setAttribute(n,"popover"==n&&1==a?"":a)}}function M(t,n,a,i,r,s,o,l,u,c){var $,b,S,N,T,E,A,C,x,M,D,U,P,W,V,q,j,H,K=n.type;if(n.constructor!==d)return null;128&a.__u&&(u=32&a.__u,$=a.__c.__z)&&(n.__u|=u,b=s=[],8==$.nodeType?l=R($,s):s.push($),l=s[0]||l),($=e.__b)&&$(n);e:if("function"==typeof K){S=o.length;try{if(C=n.props,x=($=K.prototype)&&$.render,M=($=K.contextType)&&i[$.__c],D=$?M?M.props.value:$.__:i,(N=a.__c)?(n.__c=N,2&N.__g&&(N.__g|=1)):(x?n.__c=N=new K(C,D):(n.__c=N=new w(C,D),N.constructor=K,N.render=B),M&&M.sub(N),N.state||(N.state={}),N.__n=i,N.__g|=8,N.__h=[],N.__k=[]),x&&(N.__s||(N.__s=N.state),K.getDerivedStateFromProps&&(N.__s==N.state&&(N.__s=y({},N.__s)),y(N.__s,K.getDerivedStateFromProps(C,N.__s)))),T=N.props,E=N.state,N.__v=n,a.__c){if(C!==T&&x&&!K.getDerivedStateFromProps&&N.componentWillReceiveProps&&N.componentWillReceiveProps(C,D),n.__v==a.__v&&!(8&N.__g)||!(4&N.__g)&&N.shouldComponentUpdate&&!1===N.shouldComponentUpdate(C,N.__s,D)){n.__v!=a.__v&&(N.props=C,N.state=N.__s,N.__g&=-9),n.__e=a.__e,n.__k=a.__k,n.__k.some(function(e){e&&(e.__=n)}),f.push.apply(N.__h,N.__k),N.__k=[],N.__h.length&&o.push(N),l=k(a);break e}N.componentWillUpdate&&N.componentWillUpdate(C,N.__s,D),x&&N.componentDidUpdate&&N.__h.push(function(){N.componentDidUpdate(T,E,A)})}else x&&!K.getDerivedStateFromProps&&N.componentWillMount&&N.componentWillMount(),x&&N.componentDidMount&&N.__h.push(N.componentDidMount);N.context=D,N.props=C,N.__P=t,N.__g&=-5,U=e.__r,P=x?25:0;do{N.__g&=-9,U&&U(n),$=N.render(N.props,N.state=N.__s,N.context)}while(8&N.__g&&++P<25);x&&(f.push.apply(N.__h,N.__k),N.__k=[]),N.state=N.__s,N.getChildContext&&(i=y({},i,N.getChildContext())),x&&a.__c&&N.getSnapshotBeforeUpdate&&(A=N.getSnapshotBeforeUpdate(T,E)),W=$&&$.type===_&&null==$.key?$.props.children:$,C.__P&&($=l,r=(t=C.__P).namespaceURI,u=s=null,a.props&&a.props.__P!=t&&(a.__k.some(function(e){e&&F(e,e)}),a.__k=null),l=a.__k?k(a,0):null),l=I(t,m(W)?W:[W],n,a,i,r,s,o,l,u,c),C.__P&&(n.__e=null,l=$),n.__u&=-161,b&&b.some(g),N.__h.length&&o.push(N),1&N.__g&&(N.__g&=-4)}catch(t){if(o.length=S,n.__v=null,u||s)if(t&&t.then){if(n.__u|=128|u,s){for(~(j=s.indexOf(l||void 0))||(j=s.length);(H=s[j-1])&&8==H.nodeType;)j--;for(;j<s.length;j++)if(H=s[j])if(s[j]=null,V){if(H==q)break}else{if(8!=H.nodeType)break;H.data.startsWith("$s")&&(q=R(V=H))}}if(!V){for(;l&&8==l.nodeType&&l.nextSibling;)l=l.nextSibling;V=l}($=R(V=n.__c.__z||(n.__c.__z=V)))?(n.__e=V,l=$):n.__e=l,l=l&&l.nextSibling}else s&&s.some(g);else n.__e=a.__e;n.__k||(n.__k=a.__k||[]),t&&t.then||O(n),e.__e(t,n,a)}}else l=n.__e=function(t,n,a,i,r,s,o,l,u,c){var d,f,y,$,b,_,w,S,N=a.props||p,T=n.props,E=n.type;if("svg"==E?r="http://www.w3.org/2000/svg":"math"==E?r="http://www.w3.org/1998/Math/MathML":r||(r="http://www.w3.org/1999/xhtml"),s)for(d=0;d<s.length;d++)if((b=s[d])&&(E?b.localName==E:3==b.nodeType)){t=b,s[d]=null;break}if(!t){if(S=c.ownerDocument||document,!E)return S.createTextNode(T);t=S.createElementNS(r,E,T.is?T:c),l&&(e.__m&&e.__m(n,s),l=!1),s=null}if(E){if(c="template"==E&&t.content||t,s="textarea"==E&&null!=T.defaultValue?null:s&&v.call(c.childNodes),!l&&s)for(N={},d=0;d<t.attributes.length;d++)N[(b=t.attributes[d]).name]=b.value;for(d in N)b=N[d],"dangerouslySetInnerHTML"==d?y=b:"children"==d||d in T||"value"==d&&"defaultValue"in T||"checked"==d&&"defaultChecked"in T||L(t,d,null,b,r);for(d in T)b=T[d],"children"==d?$=b:"dangerouslySetInnerHTML"==d?f=b:"value"==d?_=b:"checked"==d?w=b:l&&"function"!=typeof b||N[d]===b||L(t,d,b,N[d],r);f?(l||y&&(f.__html==y.__html||f.__html==t.innerHTML)||(t.innerHTML=f.__html),n.__k=[]):(y&&(t.textContent=""),("foreignObject"==E||"http://www.w3.org/1998/Math/MathML"==r&&h.test(E))&&(r="http://www.w3.org/1999/xhtml"),I(c,m($)?$:[$],n,a,i,r,s,o,s?s[0]:a.__k&&k(a,0),l,u),s&&s.some(g)),l&&"textarea"!=E||(d="value","progress"==E&&null==_?t.removeAttribute(d):null==_||_===t[d]&&("progress"!=E||_)||L(t,d,_,N[d],r),d="checked",null!=w&&w!=t[d]&&L(t,d,w,N[d],r))}else N===T||l&&t.data==T||(t.data=T);return t}(a.__e,n,a,i,r,s,o,u,c,t);return($=e.diffed)&&$(n),l}function R(e,t){if(e&&8==e.nodeType&&e.data.startsWith("$s"))for(var n=1;e=e.nextSibling;){if(8==e.nodeType)if(e.data.startsWith("$s"))n++;else if(e.data.startsWith("/$s")&&! --n)return e;t&&t.push(e)}}function O(e){e&&(e.__c&&(e.__c.__g|=4),e.__k&&e.__k.some(O))}function D(t,n,a){for(var i=0;i<a.length;)U(a[i++],a[i++],a[i++]);e.__c&&e.__c(n,t),t.some(function(n){try{t=n.__h,n.__h=[],t.some(function(e){e.call(n)})}catch(t){e.__e(t,n.__v)}})}function U(t,n,a,i){try{"function"==typeof t?n?n.__x=t(n)||1:i&&(i=i.__c||i.__e)&&(n=i.__x)&&(i.__x=null,"function"==typeof n?n():t(null)):t.current=n}catch(t){e.__e(t,a)}}function F(t,n,a){var i,r,s,o;if(e.unmount&&e.unmount(t),!(i=t.ref)||i.current&&i.current!=t.__e||U(i,null,n,t),i=t.__c){if(i.componentWillUnmount)try{i.componentWillUnmount()}catch(t){e.__e(t,n)}i.__P=i.__n=null}if(i=t.__k)for(o=0;o<i.length;o++)i[o]&&F(i[o],n,"function"!=typeof t.type||a&&!t.props.__P);!a&&(i=t.__c)&&(i=i.__z)&&(r=R(i,s=[]))&&(i==t.__e&&s.some(g),g(r),g(i)),a||g(t.__e),t.__e=t.__c=t.__=null}function B(e,t,n){return this.constructor(e,n)}e={__e:function(e,t,n,a){for(var i,s,o;t=t.__;)if((i=t.__c)&&!(1&i.__g)){i.__g|=4;try{if((o=(s=i.constructor)&&s.getDerivedStateFromError)&&i.setState(s.getDerivedStateFromError(e)),i.componentDidCatch&&(i.componentDidCatch(e,a||{}),o=1),o&&8&i.__g)return void(i.__g|=2)}catch(t){e=t}}throw r=0,e}},t=0,n=function(e){return null!=e&&e.constructor===d},w.prototype.setState=function(e,t){var n=this.__s;n&&n!=this.state||(n=this.__s=y({},this.state)),"function"==typeof e&&(e=e(y({},n),this.props)),e&&(y(n,e),this.__v&&(t&&this.__k.push(t),T(this)))},w.prototype.forceUpdate=function(e){this.__v&&(this.__g|=4,e&&this.__h.push(e),T(this))},w.prototype.render=_,a=[],r=0,s=function(e,t){return e.__v.__b-t.__v.__b},o=Symbol(),l=/(PointerCapture)$|Capture$/i,u=0,c={};var P,W,V,q,j=function(e,t,n,a){var i;t[0]=0;for(var r=1;r<t.length;r++){var s=t[r++],o=t[r]?(t[0]|=s?1:2,n[t[r++]]):t[++r];3===s?a[0]=o:4===s?a[1]=Object.assign(a[1]||{},o):5===s?(a[1]=a[1]||{})[t[++r]]=o:6===s?a[1][t[++r]]+=o+"":s?(i=e.apply(o,j(e,o,n,["",null])),a.push(i),o[0]?t[0]|=2:(t[r-2]=0,t[r]=i)):a.push(o)}return a},H=new Map,K=Object.is,G=0,Y=[],z=[],X=e,J=X.__b,Q=X.__r,Z=X.diffed,ee=X.__c,te=X.unmount,ne=X.__;function ae(e,t){X.__h&&X.__h(W,e,G||t),G=0;var n=W.__H||(W.__H={__:[],__h:[]});return e>=n.__.length&&n.__.push({}),n.__[e]}function ie(e,t){var n=ae(P++,3);!X.__s&&me(n.__H,t)&&(n.__P=!0,n.__=e,n.u=t,W.__H.__h.push(n))}function re(e,t){var n=ae(P++,4);!X.__s&&me(n.__H,t)&&(n.__P=!1,n.__=e,n.u=t,W.__h.push(n))}function se(e){return G=5,oe(function(){return{current:e}},[])}function oe(e,t){var n=ae(P++,7);return me(n.__H,t)&&(n.__=e(),n.__H=t),n.__}function le(){var e=ae(P++,11);if(!e.__){for(var t=W.__v;!t.__m&&t.__;)t=t.__;var n=t.__m||(t.__m=[0,0]);e.__="P"+n[0]+"-"+n[1]++}return e.__}function ue(){var e;do{for(;e=z.shift();)try{fe(e)}catch(t){X.__e(t,{__:(e=e.__P)&&e.__v})}for(;e=Y.shift();){var t=e.__H;if(e.__P&&t)try{t.__h.some(fe),t.__h.some(he),t.__h=[]}catch(n){t.__h=[],X.__e(n,e.__v)}}}while(z.length)}X.__b=function(e){W=null,J&&J(e)},X.__=function(e,t){e&&t.__k&&t.__k.__m&&(e.__m=t.__k.__m),ne&&ne(e,t)},X.__r=function(e){Q&&Q(e),P=0;var t=(W=e.__c).__H;t&&(V==W?W.__h=[]:(t.__h.some(fe),t.__h.some(he),P=0),t.__h=[],t.__.some(function(e){e.__N&&(e.__=e.__N),e.u=e.__N=void 0})),V=W},X.diffed=function(e){Z&&Z(e);var t=e.__c;t&&t.__H&&(t.__H.__h.length&&pe(Y.push(t)),t.__H.__.some(function(e){e.u&&(e.__H=e.u)})),V=W=null},X.__c=function(e,t){t.some(function(e){try{e.__h.some(fe),e.__h=e.__h.filter(function(e){return!e.__||he(e)})}catch(t){e.__h=[function(){throw t}]}}),ee&&ee(e,t)},X.unmount=function(e){te&&te(e);var t,n,a=e.__c;a&&a.__H&&(a.__H.__.some(function(a){try{if(a.__P&&a.__c){if(void 0===n){for(n=e.__;n&&(!n.__c||!n.__c.__P);)n=n.__;n=n&&n.__c}a.__P=n,pe(z.push(a))}else fe(a)}catch(e){t=e}}),a.__H=void 0,t&&X.__e(t,a.__v))};var ce="function"==typeof requestAnimationFrame;function de(e){var t,n=function(){clearTimeout(a),ce&&cancelAnimationFrame(t),setTimeout(e)},a=setTimeout(n,35);ce&&(t=requestAnimationFrame(n))}function pe(e){1!=e&&q==X.requestAnimationFrame||((q=X.requestAnimationFrame)||de)(ue)}function fe(e){var t=W,n=e.__c;"function"==typeof n&&(e.__c=void 0,n()),W=t}function he(e){var t=W;e.__c=e.__(),W=t}function me(e,t){return!e||e.length!=t.length||t.some(function(t,n){return!K(t,e[n])})}function ve(e,t){return"function"==typeof t?t(e):t}var ye=Symbol.for("preact-signals");function ge(){if(Se>1)Se--;else{var e,t=!1;for(function(){var e=Ie;for(Ie=void 0;void 0!==e;){var t=e.S;if(t.v===e.v)for(var n=t.t;void 0!==n;n=n.x)n.i===e.i&&(n.i=t.i);e=e.o}}();void 0!==ke;){var n=ke;for(ke=void 0,Ne++;void 0!==n;){var a=n.u;if(n.u=void 0,n.f&=-3,!(8&n.f)&&Me(n))try{n.c()}catch(n){t||(e=n,t=!0)}n=a}}if(Ne=0,Se--,t)throw e}}function $e(e){if(Se>0)return e();Ee=++Te,Se++;try{return e()}finally{ge()}}var be,_e=void 0;function we(e){var t=_e,n=be;_e=void 0,be=void 0;try{return e()}finally{_e=t,be=n}}var ke=void 0,Se=0,Ne=0,Te=0,Ee=0,Ie=void 0,Ae=0;function Ce(e){if(void 0!==_e){var t=e.n;if(void 0===t||t.t!==_e)return t={i:0,S:e,p:_e.s,n:void 0,t:_e,e:void 0,x:void 0,r:t},void 0!==_e.s&&(_e.s.n=t),_e.s=t,e.n=t,32&_e.f&&e.S(t),t;if(-1===t.i)return t.i=0,void 0!==t.n&&(t.n.p=t.p,void 0!==t.p&&(t.p.n=t.n),t.p=_e.s,t.n=void 0,_e.s.n=t,_e.s=t),t}}function xe(e,t){this.v=e,this.i=0,this.n=void 0,this.t=void 0,this.l=0,this.W=t?.watched,this.Z=t?.unwatched,this.name=t?.name}function Le(e,t){return new xe(e,t)}function Me(e){for(var t=e.s;void 0!==t;t=t.n)if(t.S.i!==t.i||!t.S.h()||t.S.i!==t.i)return!0;return!1}function Re(e){for(var t=e.s;void 0!==t;t=t.n){var n=t.S.n;if(void 0!==n&&(t.r=n),t.S.n=t,t.i=-1,void 0===t.n){e.s=t;break}}}function Oe(e){for(var t=e.s,n=void 0;void 0!==t;){var a=t.p;-1===t.i?(t.S.U(t),void 0!==a&&(a.n=t.n),void 0!==t.n&&(t.n.p=a)):n=t,t.S.n=t.r,void 0!==t.r&&(t.r=void 0),t=a}e.s=n}function De(e,t){xe.call(this,void 0,t),this.x=e,this.s=void 0,this.g=Ae-1,this.f=4}function Ue(e,t){return new De(e,t)}function Fe(e){var t=e.j;if(e.j=void 0,"function"==typeof t){Se++;var n=_e;_e=void 0;try{t()}catch(t){throw e.f&=-2,e.f|=8,Be(e),t}finally{_e=n,ge()}}}function Be(e){for(var t=e.s;void 0!==t;t=t.n)t.S.U(t);e.x=void 0,e.s=void 0,Fe(e)}function Pe(e){if(_e!==this)throw new Error("Out-of-order effect");Oe(this),_e=e,this.f&=-2;try{8&this.f&&Be(this)}finally{ge()}}function We(e,t){this.x=e,this.j=void 0,this.s=void 0,this.u=void 0,this.f=32,this.name=t?.name,be&&be.push(this)}function Ve(e,t){var n=new We(e,t);try{n.c()}catch(e){throw n.d(),e}var a=n.d.bind(n);return a[Symbol.dispose]=a,a}xe.prototype.brand=ye,xe.prototype.h=function(){return!0},xe.prototype.S=function(e){var t=this,n=this.t;n!==e&&void 0===e.e&&(e.x=n,this.t=e,void 0!==n?n.e=e:we(function(){var e;null==(e=t.W)||e.call(t)}))},xe.prototype.U=function(e){var t=this;if(void 0!==this.t){var n=e.e,a=e.x;void 0!==n&&(n.x=a,e.e=void 0),void 0!==a&&(a.e=n,e.x=void 0),e===this.t&&(this.t=a,void 0===a&&we(function(){var e;null==(e=t.Z)||e.call(t)}))}},xe.prototype.subscribe=function(e){var t=this;return Ve(function(){var n=t.value;we(function(){return e(n)})},{name:"sub"})},xe.prototype.valueOf=function(){return this.value},xe.prototype.toString=function(){return this.value+""},xe.prototype.toJSON=function(){return this.value},xe.prototype.peek=function(){var e=this;return we(function(){return e.value})},Object.defineProperty(xe.prototype,"value",{get:function(){var e=Ce(this);return void 0!==e&&(e.i=this.i),this.v},set:function(e){if(e!==this.v){if(Ne>100)throw new Error("Cycle detected");n=this,0!==Se&&0===Ne&&n.l!==Ee&&(n.l=Ee,Ie={S:n,v:n.v,i:n.i,o:Ie}),this.v=e,this.i++,Ae++,Se++;try{for(var t=this.t;void 0!==t;t=t.x)t.t.N()}finally{ge()}}var n}}),De.prototype=new xe,De.prototype.h=function(){if(this.f&=-3,1&this.f)return!1;if(32==(36&this.f)||(this.f&=-5,this.g===Ae))return!0;if(this.g=Ae,this.f|=1,this.i>0&&!Me(this))return this.f&=-2,!0;var e=_e;try{Re(this),_e=this;var t=this.x();(16&this.f||this.v!==t||0===this.i)&&(this.v=t,this.f&=-17,this.i++)}catch(e){this.v=e,this.f|=16,this.i++}return _e=e,Oe(this),this.f&=-2,!0},De.prototype.S=function(e){if(void 0===this.t){this.f|=36;for(var t=this.s;void 0!==t;t=t.n)t.S.S(t)}xe.prototype.S.call(this,e)},De.prototype.U=function(e){if(void 0!==this.t&&(xe.prototype.U.call(this,e),void 0===this.t)){this.f&=-33;for(var t=this.s;void 0!==t;t=t.n)t.S.U(t)}},De.prototype.N=function(){if(!(2&this.f)){this.f|=6;for(var e=this.t;void 0!==e;e=e.x)e.t.N()}},Object.defineProperty(De.prototype,"value",{get:function(){if(1&this.f)throw new Error("Cycle detected");var e=Ce(this);if(this.h(),void 0!==e&&(e.i=this.i),16&this.f)throw this.v;return this.v}}),We.prototype.c=function(){var e=this.S();try{if(8&this.f||void 0===this.x)return;var t=this.x();"function"==typeof t&&(this.j=t)}finally{e()}},We.prototype.S=function(){if(1&this.f)throw new Error("Cycle detected");this.f|=1,this.f&=-9,Fe(this),Re(this),Se++;var e=_e;return _e=this,Pe.bind(this,e)},We.prototype.N=function(){2&this.f||(this.f|=2,this.u=ke,ke=this)},We.prototype.d=function(){this.f|=8,1&this.f||Be(this)},We.prototype.dispose=function(){this.d()};var qe,je,He=typeof window<"u"&&!!window.__PREACT_SIGNALS_DEVTOOLS__,Ke=[];function Ge(t,n){e[t]=n.bind(null,e[t]||function(){})}function Ye(e){if(je){var t=je;je=void 0,t()}je=e&&e.S()}function ze(e){var t=this,a=e.data,i=Je(a);i.name="ReactiveDom",i.value=a;var r=oe(function(){for(var e=t,a=t.__v;a=a.__;)if(a.__c){a.__c.__$f|=4;break}var r=Ue(function(){var e=i.value.value;return 0===e?0:!0===e?"":e||""}),s=Ue(function(){return!Array.isArray(r.value)&&!n(r.value)}),o=Ve(function(){if(this.N=nt,s.value){var t=r.value;e.__v&&e.__v.__e&&3===e.__v.__e.nodeType&&(e.__v.__e.data=t)}}),l=t.__$u.d;return t.__$u.d=function(){o(),l.call(this)},[s,r]},[]),s=r[0],o=r[1];return s.value?o.peek():o.value}function Xe(e,t,n,a){var i=t in e&&void 0===e.ownerSVGElement,r=Le(n);return{o:function(e,t){r.value=e,a=t},d:Ve(function(){this.N=nt;var n=r.value.value;a[t]!==n&&(a[t]=n,i?e[t]=n:null==n||!1===n&&"-"!==t[4]?e.removeAttribute(t):e.setAttribute(t,n))})}}function Je(e,t){return oe(function(){return Le(e,t)},[])}Ve(function(){qe=this.N})(),ze.displayName="ReactiveTextNode",Object.defineProperties(xe.prototype,{constructor:{configurable:!0,value:$(_,null).constructor},type:{configurable:!0,value:ze},props:{configurable:!0,get:function(){var e=this;return{data:{get value(){return e.value}}}}},__b:{configurable:!0,value:1}}),Ge("__b",function(e,t){if(Ye(),"string"==typeof t.type){var n,a=t.props;for(var i in a)if("children"!==i){var r=a[i];r instanceof xe&&(n||(t.__np=n={}),n[i]=r,a[i]=r.peek())}}e(t)}),Ge("__r",function(e,t){if(e(t),t.type!==_){Ye();var n,a=t.__c;a&&(a.__$f&=-2,void 0===(n=a.__$u)&&(a.__$u=n=function(e,t){var n;return Ve(function(){n=this},{name:t}),n.c=e,n}((i=a,function(){var e;He&&(null==(e=this.y)||e.call(this)),i.__$f|=1,i.setState({})}),"function"==typeof t.type?t.type.displayName||t.type.name:""))),Ye(n)}var i}),Ge("__e",function(e,t,n,a){Ye(),e(t,n,a)}),Ge("diffed",function(e,t){var n;if(Ye(),"string"==typeof t.type&&(n=t.__e)){var a=t.__np,i=t.props,r=n.U;if(r)for(var s in r){var o=r[s];void 0===o||a&&s in a||(o.d(),r[s]=void 0)}if(a)for(var l in r||(r={},n.U=r),a){var u=r[l],c=a[l];void 0===u?(u=Xe(n,l,c,i),r[l]=u):u.o(c,i)}}e(t)}),Ge("unmount",function(e,t){if("string"==typeof t.type){var n=t.__e;if(n){var a=n.U;if(a)for(var i in n.U=void 0,a){var r=a[i];r&&r.d()}}var s=t.__np;if(s){var o=t.props;for(var l in s)o[l]=s[l]}t.__np=void 0}else{var u=t.__c;if(u){u.__$f|=8;var c=u.__$u;c&&(u.__$u=void 0,c.d())}}e(t)}),Ge("__h",function(e,t,n,a){a<3&&(t.__$f|=2),e(t,n,a)}),w.prototype.shouldComponentUpdate=function(e,t){if(this.__R)return!0;var n=this.__$u,a=n&&void 0!==n.s;for(var i in t)return!0;if(this.__f||"boolean"==typeof this.u&&!0===this.u){var r=2&this.__$f;if(!(a||r||4&this.__$f)||1&this.__$f)return!0}else if(!(a||4&this.__$f)||3&this.__$f)return!0;for(var s in e)if("__source"!==s&&e[s]!==this.props[s])return!0;for(var o in this.props)if(!(o in e))return!0;return!1};var Qe,Ze,et=function(e){queueMicrotask(function(){queueMicrotask(e)})};function tt(){$e(function(){for(var e;e=Ke.shift();)qe.call(e)})}function nt(){1===Ke.push(this)&&(e.requestAnimationFrame||et)(tt)}function at(e,t){return null!==e&&"object"==typeof e&&"$typeName"in e&&"string"==typeof e.$typeName&&(void 0===t||t.typeName===e.$typeName)}function it(){let e=this.buf,t=this.pos,n=0,a=0;for(let i=0;i<28;i+=7){let r=e[t++];if(n|=(127&r)<<i,!(128&r))return this.pos=t,this.assertBounds(),this.varint64Lo=n,void(this.varint64Hi=a)}let i=e[t++];if(n|=(15&i)<<28,a=(112&i)>>4,!(128&i))return this.pos=t,this.assertBounds(),this.varint64Lo=n,void(this.varint64Hi=a);for(let i=3;i<=31;i+=7){let r=e[t++];if(a|=(127&r)<<i,!(128&r))return this.pos=t,this.assertBounds(),this.varint64Lo=n,void(this.varint64Hi=a)}throw new Error("invalid varint")}(Ze=Qe||(Qe={}))[Ze.DOUBLE=1]="DOUBLE",Ze[Ze.FLOAT=2]="FLOAT",Ze[Ze.INT64=3]="INT64",Ze[Ze.UINT64=4]="UINT64",Ze[Ze.INT32=5]="INT32",Ze[Ze.FIXED64=6]="FIXED64",Ze[Ze.FIXED32=7]="FIXED32",Ze[Ze.BOOL=8]="BOOL",Ze[Ze.STRING=9]="STRING",Ze[Ze.BYTES=12]="BYTES",Ze[Ze.UINT32=13]="UINT32",Ze[Ze.SFIXED32=15]="SFIXED32",Ze[Ze.SFIXED64=16]="SFIXED64",Ze[Ze.SINT32=17]="SINT32",Ze[Ze.SINT64=18]="SINT64";var rt=4294967296;function st(e){let t="-"===e[0];t&&(e=e.slice(1));let n=1e6,a=0,i=0;function r(t,r){let s=Number(e.slice(t,r));i*=n,a=a*n+s,a>=rt&&(i+=a/rt|0,a%=rt)}return r(-24,-18),r(-18,-12),r(-12,-6),r(-6),t?ut(a,i):lt(a,i)}function ot(e,t){if(({lo:e,hi:t}=function(e,t){return{lo:e>>>0,hi:t>>>0}}(e,t)),t<=2097151)return String(rt*t+e);let n=16777215&(e>>>24|t<<8),a=t>>16&65535,i=(16777215&e)+6777216*n+6710656*a,r=n+8147497*a,s=2*a,o=1e7;return i>=o&&(r+=Math.floor(i/o),i%=o),r>=o&&(s+=Math.floor(r/o),r%=o),s.toString()+ct(r)+ct(i)}function lt(e,t){return{lo:0|e,hi:0|t}}function ut(e,t){return t=~t,e?e=1+~e:t+=1,lt(e,t)}var ct=e=>{let t=String(e);return"0000000".slice(t.length)+t};function dt(){let e=this.buf[this.pos++];if(!(128&e))return this.assertBounds(),e;let t=127&e;if(e=this.buf[this.pos++],t|=(127&e)<<7,!(128&e))return this.assertBounds(),t;if(e=this.buf[this.pos++],t|=(127&e)<<14,!(128&e))return this.assertBounds(),t;if(e=this.buf[this.pos++],t|=(127&e)<<21,!(128&e))return this.assertBounds(),t;e=this.buf[this.pos++],t|=(15&e)<<28;for(let t=5;128&e&&t<10;t++)e=this.buf[this.pos++];if(128&e)throw new Error("invalid varint");return this.assertBounds(),t>>>0}var pt=function(){let e=new DataView(new ArrayBuffer(8));if("function"==typeof BigInt&&"function"==typeof e.getBigInt64&&"function"==typeof e.getBigUint64&&"function"==typeof e.setBigInt64&&"function"==typeof e.setBigUint64&&(globalThis.Deno||globalThis.Bun||"object"!=typeof process||"object"!=typeof process.env||"1"!==process.env.BUF_BIGINT_DISABLE)){let t=BigInt("-9223372036854775808"),n=BigInt("9223372036854775807"),a=BigInt("0"),i=BigInt("18446744073709551615");return{zero:BigInt(0),supported:!0,parse(e){let a="bigint"==typeof e?e:BigInt(e);if(a>n||a<t)throw new Error(`invalid int64: ${e}`);return a},uParse(e){let t="bigint"==typeof e?e:BigInt(e);if(t>i||t<a)throw new Error(`invalid uint64: ${e}`);return t},enc(t){return e.setBigInt64(0,this.parse(t),!0),{lo:e.getInt32(0,!0),hi:e.getInt32(4,!0)}},uEnc(t){return e.setBigInt64(0,this.uParse(t),!0),{lo:e.getInt32(0,!0),hi:e.getInt32(4,!0)}},dec:(t,n)=>(e.setInt32(0,t,!0),e.setInt32(4,n,!0),e.getBigInt64(0,!0)),uDec:(t,n)=>(e.setInt32(0,t,!0),e.setInt32(4,n,!0),e.getBigUint64(0,!0))}}return{zero:"0",supported:!1,parse:e=>("string"!=typeof e&&(e=e.toString()),ft(e),e),uParse:e=>("string"!=typeof e&&(e=e.toString()),ht(e),e),enc:e=>("string"!=typeof e&&(e=e.toString()),ft(e),st(e)),uEnc:e=>("string"!=typeof e&&(e=e.toString()),ht(e),st(e)),dec:(e,t)=>function(e,t){let n=lt(e,t),a=2147483648&n.hi;a&&(n=ut(n.lo,n.hi));let i=ot(n.lo,n.hi);return a?"-"+i:i}(e,t),uDec:(e,t)=>ot(e,t)}}();function ft(e){if(!/^-?[0-9]+$/.test(e))throw new Error("invalid int64: "+e)}function ht(e){if(!/^[0-9]+$/.test(e))throw new Error("invalid uint64: "+e)}function mt(e,t){switch(e){case Qe.STRING:return"";case Qe.BOOL:return!1;case Qe.DOUBLE:case Qe.FLOAT:return 0;case Qe.INT64:case Qe.UINT64:case Qe.SFIXED64:case Qe.FIXED64:case Qe.SINT64:return t?"0":pt.zero;case Qe.BYTES:return new Uint8Array(0);default:return 0}}function vt(e,t,n){"__proto__"===t?Object.defineProperty(e,"__proto__",{value:n,writable:!0,enumerable:!0,configurable:!0}):e[t]=n}function yt(e){return null!==e&&"object"==typeof e&&!Array.isArray(e)}function gt(e){let t=e.fields[0];return function(e){return $t.has(e)}(e.typeName)&&void 0!==t&&"scalar"==t.fieldKind&&"value"==t.name&&1==t.number}var $t=new Set(["google.protobuf.DoubleValue","google.protobuf.FloatValue","google.protobuf.Int64Value","google.protobuf.UInt64Value","google.protobuf.Int32Value","google.protobuf.UInt32Value","google.protobuf.BoolValue","google.protobuf.StringValue","google.protobuf.BytesValue"]);function bt(e,t){return at(t,e)?t:wt(e)(t)}var _t=new WeakMap;function wt(e){let t=_t.get(e);return void 0===t&&(t=function(e){let t=e.typeName,{properties:n,prototype:a}=function(e){var t,n;let a=[],i={},r=function(e){switch(e.file.edition){case 999:return!1;case 998:return!0;default:return e.fields.some(e=>2!=e.presence&&"message"!=e.fieldKind&&!e.oneof)}}(e);for(let s of e.members){let e=s.localName;if("oneof"!=s.kind)switch(s.fieldKind){case"message":a.push({name:e,kind:kt,constant:void 0,convert:It(s)});break;case"list":a.push({name:e,kind:St,constant:void 0,convert:"message"==s.listKind?null!==(t=It(s))&&void 0!==t?t:e=>e:s.scalar==Qe.BYTES?At:void 0});break;case"map":a.push({name:e,kind:Nt,constant:void 0,convert:"message"==s.mapKind?null!==(n=It(s))&&void 0!==n?n:e=>e:s.scalar==Qe.BYTES?At:void 0});break;default:{let t=Ct(s);a.push({name:e,kind:kt,constant:2==s.presence?t:void 0,convert:"scalar"==s.fieldKind&&s.scalar==Qe.BYTES?At:void 0}),r&&(i[e]=t);break}}else a.push({name:e,kind:Tt,constant:void 0,convert:Et(s)})}return{properties:a,prototype:r?i:void 0}}(e);return e=>{let i;void 0!==a?(i=Object.create(a),i.$typeName=t):i={$typeName:t};for(let t=0;t<n.length;t++){let a=n[t],r=a.name,s=e?.[r];switch(a.kind){case kt:null!=s?i[r]=void 0!==a.convert?a.convert(s):s:void 0!==a.constant&&(i[r]=a.constant);break;case St:i[r]=void 0!==a.convert&&Array.isArray(s)?s.map(a.convert):s??[];break;case Nt:if(void 0!==a.convert&&yt(s)){let e={},t=Object.keys(s);for(let n=0;n<t.length;n++)vt(e,t[n],a.convert(s[t[n]]));i[r]=e}else i[r]=s??{};break;case Tt:{let e=s;if(null!=e?.case){let t=a.convert.get(e.case);if(void 0!==t){i[r]={case:e.case,value:t(e.value)};break}}i[r]={case:void 0};break}}}return i}}(e),_t.set(e,t)),t}var kt=0,St=1,Nt=2,Tt=3;function Et(e){let t=new Map;for(let n of e.fields){let e;"message"==n.fieldKind?e=It(n):"scalar"==n.fieldKind&&n.scalar==Qe.BYTES&&(e=At),t.set(n.localName,e??(e=>e))}return t}function It(e){if("message"==e.fieldKind&&!e.oneof&&gt(e.message))return e.message.fields[0].scalar==Qe.BYTES?At:void 0;if("google.protobuf.Struct"==e.message.typeName&&"google.protobuf.Value"!==e.parent.typeName)return;let t,n=e.message;return e=>!yt(e)||at(e,n)?e:(t??(t=wt(n)),t(e))}function At(e){return Array.isArray(e)?new Uint8Array(e):e}function Ct(e){let t=e.getDefaultValue();return void 0!==t?"scalar"==e.fieldKind&&e.longAsString?t.toString():t:"scalar"==e.fieldKind?mt(e.scalar,e.longAsString):e.enum.values[0].number}var xt,Lt,Mt=class extends Error{constructor(e,t,n="FieldValueInvalidError"){super(t),this.name=n,this.field=()=>e}};function Rt(){if(!xt){let e=globalThis;if(!e.TextEncoder||!e.TextDecoder)throw new Error("encoding API missing: install TextEncoder and TextDecoder on globalThis");let t,n=new e.TextEncoder,a=new e.TextDecoder("utf-8",{ignoreBOM:!0}),i={encodeUtf8:e=>n.encode(e),decodeUtf8:(n,i)=>i?(t||(t=new e.TextDecoder("utf-8",{fatal:!0,ignoreBOM:!0})),t.decode(n)):a.decode(n),checkUtf8(e){try{return encodeURIComponent(e),!0}catch{return!1}}};n.encodeInto&&(i.encodeUtf8Into=n.encodeInto.bind(n));let r=String.prototype.isWellFormed;r&&(i.checkUtf8=e=>r.call(e)),function(e){var t;xt=Object.assign(Object.assign({},e),{encodeUtf8Into:null!==(t=e.encodeUtf8Into)&&void 0!==t?t:Ot(e.encodeUtf8.bind(e))})}(i)}return xt}function Ot(e){return(t,n)=>{let a=e(t);return n.set(a),{written:a.byteLength}}}!function(e){e[e.Varint=0]="Varint",e[e.Bit64=1]="Bit64",e[e.LengthDelimited=2]="LengthDelimited",e[e.StartGroup=3]="StartGroup",e[e.EndGroup=4]="EndGroup",e[e.Bit32=5]="Bit32"}(Lt||(Lt={}));var Dt=class{constructor(e){this.stackPos=[],this.encodeUtf8Into=e?Ot(e):Rt().encodeUtf8Into,this.buffer=Bt,this.viewCache=Pt,this.pos=0}ensureCapacity(e){let t=this.pos+e;if(t>this.buffer.length){let e=this.buffer.length||Ut;for(;e<t;)e*=2;let n=new Uint8Array(e);this.pos>0&&n.set(this.buffer),this.buffer=n}}view(){let e=this.buffer,t=this.viewCache;if(t.byteLength===e.byteLength)return t;let n=new DataView(e.buffer);return this.viewCache=n,n}finish(){let e=this.buffer.slice(0,this.pos);return this.pos=0,this.stackPos=[],e}fork(){return this.stackPos.push(this.pos),this.ensureCapacity(Ft),this.buffer[this.pos++]=0,this}join(){let e=this.stackPos.pop();if(void 0===e)throw new Error("invalid state, fork stack empty");let t=this.pos-e-Ft,n=Vt(t);return n>Ft&&(this.ensureCapacity(n-Ft),this.buffer.copyWithin(e+n,e+Ft,this.pos)),this.pos=e,this.uint32(t),this.pos+=t,this}tag(e,t){return this.uint32((e<<3|t)>>>0)}raw(e){return this.ensureCapacity(e.length),this.buffer.set(e,this.pos),this.pos+=e.length,this}uint32(e){if(Ht(e),this.ensureCapacity(5),e<128)return this.buffer[this.pos++]=e,this;for(;e>127;)this.buffer[this.pos++]=127&e|128,e>>>=7;return this.buffer[this.pos++]=e,this}int32(e){if(jt(e),e>=0)return this.uint32(e);this.ensureCapacity(10);for(let t=0;t<9;t++)this.buffer[this.pos++]=127&e|128,e>>=7;return this.buffer[this.pos++]=1,this}bool(e){return this.ensureCapacity(1),this.buffer[this.pos++]=e?1:0,this}bytes(e){return this.uint32(e.byteLength),this.raw(e)}string(e){"string"!=typeof e&&(e=String(e));let t=e.length;if(t<=Wt){this.ensureCapacity(t+1);let n=this.buffer,a=this.pos;n[a++]=t;let i=0;for(;i<t;i++){let t=e.charCodeAt(i);if(t>127)break;n[a++]=t}if(i==t)return this.pos=a,this}this.ensureCapacity(3*t+5);let n=Vt(t),a=this.buffer,i=this.pos,{written:r}=this.encodeUtf8Into(e,a.subarray(i+n)),s=Vt(r);return s!=n&&a.copyWithin(i+s,i+n,i+n+r),this.uint32(r),this.pos+=r,this}float(e){return function(e){if("string"==typeof e){let t=e;if(e=Number(e),Number.isNaN(e)&&"NaN"!==t)throw new Error("invalid float32: "+t)}else if("number"!=typeof e)throw new Error("invalid float32: "+typeof e);if(!Number.isFinite(Math.fround(e))&&Number.isFinite(e))throw new Error("invalid float32: "+e)}(e),this.ensureCapacity(4),this.view().setFloat32(this.pos,e,!0),this.pos+=4,this}double(e){return this.ensureCapacity(8),this.view().setFloat64(this.pos,e,!0),this.pos+=8,this}fixed32(e){return Ht(e),this.ensureCapacity(4),this.view().setUint32(this.pos,e,!0),this.pos+=4,this}sfixed32(e){return jt(e),this.ensureCapacity(4),this.view().setInt32(this.pos,e,!0),this.pos+=4,this}sint32(e){return jt(e),this.uint32((e<<1^e>>31)>>>0)}sfixed64(e){let t=pt.enc(e);this.ensureCapacity(8);let n=this.view();return n.setInt32(this.pos,t.lo,!0),n.setInt32(this.pos+4,t.hi,!0),this.pos+=8,this}fixed64(e){let t=pt.uEnc(e);this.ensureCapacity(8);let n=this.view();return n.setInt32(this.pos,t.lo,!0),n.setInt32(this.pos+4,t.hi,!0),this.pos+=8,this}int64(e){let t=pt.enc(e);return this.writeVarint64(t.lo,t.hi)}sint64(e){let t=pt.enc(e),n=t.hi>>31,a=t.lo<<1^n,i=(t.hi<<1|t.lo>>>31)^n;return this.writeVarint64(a,i)}uint64(e){let t=pt.uEnc(e);return this.writeVarint64(t.lo,t.hi)}writeVarint64(e,t){this.ensureCapacity(10);let n=this.buffer,a=this.pos;for(let i=0;i<28;i+=7){let r=e>>>i,s=!(!(r>>>7)&&0==t);if(n[a++]=255&(s?128|r:r),!s)return this.pos=a,this}let i=e>>>28&15|(7&t)<<4,r=!!(t>>3);if(n[a++]=255&(r?128|i:i),!r)return this.pos=a,this;for(let e=3;e<31;e+=7){let i=t>>>e,r=!!(i>>>7);if(n[a++]=255&(r?128|i:i),!r)return this.pos=a,this}return n[a++]=t>>>31&1,this.pos=a,this}},Ut=128,Ft=1,Bt=new Uint8Array(0),Pt=new DataView(Bt.buffer),Wt=32;function Vt(e){return e<128?1:e<16384?2:e<2097152?3:e<268435456?4:5}var qt=class{constructor(e,t=Rt().decodeUtf8){this.decodeUtf8=t,this.varint64Lo=0,this.varint64Hi=0,this.varint64=it,this.uint32=dt,this.buf=e,this.len=e.length,this.pos=0,this.view=new DataView(e.buffer,e.byteOffset,e.byteLength)}tag(){let e=this.pos,t=this.uint32(),n=this.pos-e;if(n>5||5==n&&this.buf[this.pos-1]>15)throw new Error("illegal tag: varint overflows uint32");let a=t>>>3,i=7&t;if(a<=0||i>5)throw new Error("illegal tag: field no "+a+" wire type "+i);return[a,i]}skip(e,t,n=100){let a=this.pos;switch(e){case Lt.Varint:for(;128&this.buf[this.pos++];);break;case Lt.Bit64:this.pos+=4;case Lt.Bit32:this.pos+=4;break;case Lt.LengthDelimited:let a=this.uint32();this.pos+=a;break;case Lt.StartGroup:if(n<=0)throw new Error("maximum recursion depth reached");for(;;){let[e,a]=this.tag();if(a===Lt.EndGroup){if(void 0!==t&&e!==t)throw new Error("invalid end group tag");break}this.skip(a,e,n-1)}break;default:throw new Error("cant skip wire type "+e)}return this.assertBounds(),this.buf.subarray(a,this.pos)}assertBounds(){if(this.pos>this.len)throw new RangeError("premature EOF")}int32(){return 0|this.uint32()}sint32(){let e=this.uint32();return e>>>1^-(1&e)}int64(){return this.varint64(),pt.dec(this.varint64Lo,this.varint64Hi)}uint64(){return this.varint64(),pt.uDec(this.varint64Lo,this.varint64Hi)}sint64(){this.varint64();let e=this.varint64Lo,t=this.varint64Hi,n=-(1&e);return e=(e>>>1|(1&t)<<31)^n,t=t>>>1^n,pt.dec(e,t)}bool(){let e=this.buf[this.pos];return e<128?(this.pos++,0!==e):(this.varint64(),0!==this.varint64Lo||0!==this.varint64Hi)}fixed32(){return this.view.getUint32((this.pos+=4)-4,!0)}sfixed32(){return this.view.getInt32((this.pos+=4)-4,!0)}fixed64(){return pt.uDec(this.sfixed32(),this.sfixed32())}sfixed64(){return pt.dec(this.sfixed32(),this.sfixed32())}float(){return this.view.getFloat32((this.pos+=4)-4,!0)}double(){return this.view.getFloat64((this.pos+=8)-8,!0)}bytes(){let e=this.uint32(),t=this.pos;return this.pos+=e,this.assertBounds(),this.buf.subarray(t,t+e)}string(e){let t=this.uint32(),n=this.pos;this.pos+=t,this.assertBounds();let a=this.buf;if(t<=Wt){let i=new Array(t);for(let r=0;r<t;r++){let t=a[n+r];if(t>127)return this.decodeUtf8(a.subarray(n,this.pos),e);i[r]=t}return String.fromCharCode.apply(String,i)}return this.decodeUtf8(a.subarray(n,this.pos),e)}};function jt(e){if("string"==typeof e)e=Number(e);else if("number"!=typeof e)throw new Error("invalid int32: "+typeof e);if(!Number.isInteger(e)||e>2147483647||e<-2147483648)throw new Error("invalid int32: "+e)}function Ht(e){if("string"==typeof e)e=Number(e);else if("number"!=typeof e)throw new Error("invalid uint32: "+typeof e);if(!Number.isInteger(e)||e>4294967295||e<0)throw new Error("invalid uint32: "+e)}function Kt(e){if(function(e){return"google.protobuf.Struct"==e.message.typeName&&"google.protobuf.Value"!=e.parent.typeName}(e))return{toMessage:e=>Gt(e),toLocal:e=>Yt(e)};if("message"==e.fieldKind&&!e.oneof&&gt(e.message)){let t=e.message,n=t.fields[0].localName;return{toMessage:e=>{let a=bt(t);return void 0!==e&&(a[n]=e),a},toLocal:e=>e[n]}}let t=e.message;return{toMessage:e=>void 0===e?bt(t):e,toLocal:e=>e}}function Gt(e){let t={$typeName:"google.protobuf.Struct",fields:{}};if(yt(e))for(let n of Object.keys(e))vt(t.fields,n,Xt(e[n]));return t}function Yt(e){let t={};for(let n of Object.keys(e.fields))vt(t,n,zt(e.fields[n]));return t}function zt(e){switch(e.kind.case){case"structValue":return Yt(e.kind.value);case"listValue":return e.kind.value.values.map(zt);case"nullValue":case void 0:return null;default:return e.kind.value}}function Xt(e){let t={$typeName:"google.protobuf.Value",kind:{case:void 0}};switch(typeof e){case"number":t.kind={case:"numberValue",value:e};break;case"string":t.kind={case:"stringValue",value:e};break;case"boolean":t.kind={case:"boolValue",value:e};break;case"object":if(null===e)t.kind={case:"nullValue",value:0};else if(Array.isArray(e)){let n={$typeName:"google.protobuf.ListValue",values:[]};if(Array.isArray(e))for(let t of e)n.values.push(Xt(t));t.kind={case:"listValue",value:n}}else t.kind={case:"structValue",value:Gt(e)}}return t}function*Jt(e){switch(e.kind){case"file":for(let t of e.messages)yield t,yield*Jt(t);yield*e.enums,yield*e.services,yield*e.extensions;break;case"message":for(let t of e.nestedMessages)yield t,yield*Jt(t);yield*e.nestedEnums,yield*e.nestedExtensions}}function Qt(e,t,...n){return n.reduce((e,t)=>e.nestedMessages[t],e.messages[t])}function Zt(e,t,...n){if(0==n.length)return e.enums[t];let a=n.pop();return n.reduce((e,t)=>e.nestedMessages[t],e.messages[t]).nestedEnums[a]}function en(e){let t={};for(let n of e.values)t[n.localName]=n.number,t[n.number]=n.localName;return t}function tn(e,t,n){let a=bt(e);return an(e).read(a,new qt(t),function(e){return Object.assign(Object.assign({readUnknownFields:!0,recursionLimit:100},e),{depth:0})}(n),t.byteLength),a}var nn=new WeakMap;function an(e){let t=nn.get(e);return void 0===t&&(t=function(e){let t=String(e),n=new Map,a={read:rn(t,n),readGroup:sn(t,n)};nn.set(e,a);for(let t of e.fields)n.set(t.number,on(t));return a}(e)),t}function rn(e,t){return(n,a,i,r)=>{var s;if(++i.depth>i.recursionLimit)throw new Error(`cannot decode ${e} from binary: maximum recursion depth of ${i.recursionLimit} reached`);let o=a.pos+r,l=null!==(s=n.$unknown)&&void 0!==s?s:[];for(;a.pos<o;){let[e,r]=a.tag(),s=t.get(e);if(void 0===s){let t=a.skip(r,e,i.recursionLimit-i.depth);i.readUnknownFields&&l.push({no:e,wireType:r,data:t});continue}s(n,a,i,r)}l.length>0&&(n.$unknown=l),i.depth--}}function sn(e,t){return(n,a,i,r)=>{var s;if(++i.depth>i.recursionLimit)throw new Error(`cannot decode ${e} from binary: maximum recursion depth of ${i.recursionLimit} reached`);let o,l,u=null!==(s=n.$unknown)&&void 0!==s?s:[];for(;a.pos<a.len&&([o,l]=a.tag(),l!=Lt.EndGroup);){let e=t.get(o);if(void 0===e){let e=a.skip(l,o,i.recursionLimit-i.depth);i.readUnknownFields&&u.push({no:o,wireType:l,data:e});continue}e(n,a,i,l)}if(l!=Lt.EndGroup||o!==r)throw new Error("invalid end group tag");u.length>0&&(n.$unknown=u),i.depth--}}function on(e){switch(e.fieldKind){case"scalar":return function(e){let t=un(e.scalar,e.utf8Validation,e.longAsString),n=e.localName;if(e.oneof){let a=e.oneof.localName;return(e,i)=>{e[a]={case:n,value:t(i)}}}return(e,a)=>{e[n]=t(a)}}(e);case"enum":return function(e){var t;let n=e.localName,a=null===(t=e.oneof)||void 0===t?void 0:t.localName;if(e.enum.open)return void 0!==a?(e,t)=>{e[a]={case:n,value:t.int32()}}:(e,t)=>{e[n]=t.int32()};let i=e.enum.values,r=e.number;return(e,t,s,o)=>{var l;let u=t.int32();if(i.some(e=>e.number===u))void 0!==a?e[a]={case:n,value:u}:e[n]=u;else if(s.readUnknownFields){let t=[];!function(e,t){if(e>>>0<128)t.push(e);else if(e>=0){for(;e>127;)t.push(127&e|128),e>>>=7;t.push(e)}else{for(let n=0;n<9;n++)t.push(127&e|128),e>>=7;t.push(1)}}(u,t);let n=null!==(l=e.$unknown)&&void 0!==l?l:[];n.push({no:r,wireType:o,data:new Uint8Array(t)}),e.$unknown=n}}}(e);case"message":return function(e){let t=e.localName,{toMessage:n,toLocal:a}=Kt(e),i=ln(e);if(e.oneof){let r=e.oneof.localName;return(e,s,o)=>{let l=e[r],u=n(l.case===t?l.value:void 0);i(u,s,o),e[r]={case:t,value:a(u)}}}return(e,r,s)=>{let o=n(e[t]);i(o,r,s),e[t]=a(o)}}(e);case"list":return function(e){let t=e.localName;if("message"==e.listKind){let{toMessage:n,toLocal:a}=Kt(e),i=ln(e);return(e,r,s)=>{let o=n(void 0);i(o,r,s),e[t].push(a(o))}}let n="enum"==e.listKind?Qe.INT32:e.scalar,a="scalar"==e.listKind&&e.longAsString,i=un(n,e.utf8Validation,a),r=n!=Qe.STRING&&n!=Qe.BYTES;return(e,n,a,s)=>{let o=e[t];if(s==Lt.LengthDelimited&&r){let e=n.uint32()+n.pos;for(;n.pos<e;)o.push(i(n))}else o.push(i(n))}}(e);case"map":return function(e){let t,n,a=e.localName,i=un(e.mapKey,e.utf8Validation,!1),r=mt(e.mapKey,!1);switch(e.mapKind){case"scalar":{let a=e.scalar,i=un(a,e.utf8Validation,!1);if(t=e=>i(e),a==Qe.BYTES)n=()=>new Uint8Array(0);else{let e=mt(a,!1);n=()=>e}break}case"enum":{let a=e.enum.values[0].number;t=e=>e.int32(),n=()=>a;break}case"message":{let{toMessage:a,toLocal:i}=Kt(e),r=an(e.message).read;t=(e,t,n)=>{let s=a(n);return r(s,e,t,e.uint32()),i(s)},n=()=>i(a(void 0));break}}return(e,s,o)=>{let l,u,c=e[a],d=s.uint32(),p=s.pos+d;for(;s.pos<p;){let[e,n]=s.tag();switch(e){case 1:l=i(s);break;case 2:u=t(s,o,u);break;default:s.skip(n,e,o.recursionLimit-o.depth)}}void 0===l&&(l=r),void 0===u&&(u=n()),vt(c,l,u)}}(e)}}function ln(e){let t=an(e.message);if(e.delimitedEncoding){let n=e.number;return(e,a,i)=>t.readGroup(e,a,i,n)}return(e,n,a)=>t.read(e,n,a,n.uint32())}function un(e,t,n){switch(e){case Qe.STRING:return e=>e.string(t);case Qe.BOOL:return e=>e.bool();case Qe.DOUBLE:return e=>e.double();case Qe.FLOAT:return e=>e.float();case Qe.INT32:return e=>e.int32();case Qe.INT64:return n?e=>String(e.int64()):e=>e.int64();case Qe.UINT64:return n?e=>String(e.uint64()):e=>e.uint64();case Qe.FIXED64:return n?e=>String(e.fixed64()):e=>e.fixed64();case Qe.BYTES:return e=>e.bytes();case Qe.FIXED32:return e=>e.fixed32();case Qe.SFIXED32:return e=>e.sfixed32();case Qe.SFIXED64:return n?e=>String(e.sfixed64()):e=>e.sfixed64();case Qe.SINT64:return n?e=>String(e.sint64()):e=>e.sint64();case Qe.UINT32:return e=>e.uint32();case Qe.SINT32:return e=>e.sint32()}}var cn={writeUnknownFields:!0};function dn(e,t,n){let a=new Dt;return fn(e)(a,function(e){return e?Object.assign(Object.assign({},cn),e):cn}(n),t),a.finish()}var pn=new WeakMap;function fn(e){let t=pn.get(e);return void 0===t&&(t=function(e){let t=e.typeName,n=e.fields.concat().sort((e,t)=>e.number-t.number),a=n[0],i=[],r=(e,n,r)=>{if(r.$typeName!==t&&void 0!==a)throw new Mt(a,`cannot use ${a} with message ${r.$typeName}`,"ForeignFieldError");for(let t=0;t<i.length;t++)i[t](e,n,r);let s=r.$unknown;if(void 0!==s&&n.writeUnknownFields)for(let t=0;t<s.length;t++){let{no:n,wireType:a,data:i}=s[t];e.tag(n,a).raw(i)}};pn.set(e,r);for(let e of n)i.push(hn(e));return r}(e)),t}function hn(e){switch(e.fieldKind){case"message":case"scalar":case"enum":return function(e){let t=function(e){switch(e.fieldKind){case"message":{let{toMessage:t}=Kt(e),n=vn(e);return(e,a,i)=>{n(e,a,t(i))}}case"scalar":case"enum":{let t="enum"==e.fieldKind?Qe.INT32:e.scalar,n=e.number,a=yn(t),i=mn(t,e.parent.typeName,e.name);return(e,t,r)=>{e.tag(n,a),i(e,r)}}}}(e),n=e.localName;if(e.oneof){let a=e.oneof.localName;return(e,i,r)=>{let s=r[a];s.case===n&&t(e,i,s.value)}}if(2!=e.presence){let a=3==e.presence?`cannot encode ${e} to binary: required field not set`:void 0;return(e,i,r)=>{let s=r[n];if(void 0!==s&&Object.prototype.hasOwnProperty.call(r,n))t(e,i,s);else if(void 0!==a)throw new Error(a)}}if("enum"==e.fieldKind){let a=e.enum.values[0].number;return(e,i,r)=>{let s=r[n];s!==a&&t(e,i,s)}}switch(e.scalar){case Qe.BOOL:return(e,a,i)=>{let r=i[n];!1!==r&&t(e,a,r)};case Qe.STRING:return(e,a,i)=>{let r=i[n];""!==r&&t(e,a,r)};case Qe.BYTES:return(e,a,i)=>{let r=i[n];(!(r instanceof Uint8Array)||r.byteLength>0)&&t(e,a,r)};case Qe.DOUBLE:case Qe.FLOAT:return(e,a,i)=>{let r=i[n];Object.is(r,0)||t(e,a,r)};default:return(e,a,i)=>{let r=i[n];0!=r&&t(e,a,r)}}}(e);case"list":return function(e){let t=e.localName,n=e.number;switch(e.listKind){case"message":{let{toMessage:n}=Kt(e),a=vn(e);return(e,i,r)=>{let s=r[t];for(let t=0;t<s.length;t++)a(e,i,n(s[t]))}}case"scalar":case"enum":{let a="enum"==e.listKind?Qe.INT32:e.scalar,i=mn(a,e.parent.typeName,e.name);if(e.packed)return(e,a,r)=>{let s=r[t];if(0!=s.length){e.tag(n,Lt.LengthDelimited).fork();for(let t=0;t<s.length;t++)i(e,s[t]);e.join()}};let r=yn(a);return(e,a,s)=>{let o=s[t];for(let t=0;t<o.length;t++)e.tag(n,r),i(e,o[t])}}}}(e);case"map":return function(e){let t=e.localName,n=e.number,a=function(e){let t=yn(e.mapKey),n=mn(e.mapKey,e.parent.typeName,e.name),a=function(e){switch(e){case Qe.STRING:return e=>e;case Qe.BOOL:return e=>"true"===e||"false"!==e&&e;case Qe.UINT64:case Qe.FIXED64:return e=>{try{return pt.uParse(e)}catch{return e}};case Qe.INT64:case Qe.SFIXED64:case Qe.SINT64:return e=>{try{return pt.parse(e)}catch{return e}};default:return e=>{let t=Number.parseInt(e);return Number.isFinite(t)?t:e}}}(e.mapKey);return(e,i)=>{e.tag(1,t),n(e,a(i))}}(e);if("message"==e.mapKind){let{toMessage:i}=Kt(e),r=fn(e.message);return(e,s,o)=>{let l=o[t],u=Object.keys(l);for(let t=0;t<u.length;t++){let o=u[t];e.tag(n,Lt.LengthDelimited).fork(),a(e,o),e.tag(2,Lt.LengthDelimited).fork(),r(e,s,i(l[o])),e.join(),e.join()}}}let i="enum"==e.mapKind?Qe.INT32:e.scalar,r=yn(i),s=mn(i,e.parent.typeName,e.name);return(e,i,o)=>{let l=o[t],u=Object.keys(l);for(let t=0;t<u.length;t++){let i=u[t];e.tag(n,Lt.LengthDelimited).fork(),a(e,i),e.tag(2,r),s(e,l[i]),e.join()}}}(e)}}function mn(e,t,n){let a=function(e){switch(e){case Qe.STRING:return(e,t)=>e.string(t);case Qe.BOOL:return(e,t)=>e.bool(t);case Qe.DOUBLE:return(e,t)=>e.double(t);case Qe.FLOAT:return(e,t)=>e.float(t);case Qe.INT32:return(e,t)=>e.int32(t);case Qe.INT64:return(e,t)=>e.int64(t);case Qe.UINT64:return(e,t)=>e.uint64(t);case Qe.FIXED64:return(e,t)=>e.fixed64(t);case Qe.BYTES:return(e,t)=>e.bytes(t);case Qe.FIXED32:return(e,t)=>e.fixed32(t);case Qe.SFIXED32:return(e,t)=>e.sfixed32(t);case Qe.SFIXED64:return(e,t)=>e.sfixed64(t);case Qe.SINT64:return(e,t)=>e.sint64(t);case Qe.UINT32:return(e,t)=>e.uint32(t);case Qe.SINT32:return(e,t)=>e.sint32(t)}}(e);return(e,i)=>{try{a(e,i)}catch(e){throw e instanceof Error?new Error(`cannot encode field ${t}.${n} to binary: ${e.message}`):e}}}function vn(e){let t=e.number,n=fn(e.message);return e.delimitedEncoding?(e,a,i)=>{e.tag(t,Lt.StartGroup),n(e,a,i),e.tag(t,Lt.EndGroup)}:(e,a,i)=>{e.tag(t,Lt.LengthDelimited).fork(),n(e,a,i),e.join()}}function yn(e){switch(e){case Qe.BYTES:case Qe.STRING:return Lt.LengthDelimited;case Qe.DOUBLE:case Qe.FIXED64:case Qe.SFIXED64:return Lt.Bit64;case Qe.FIXED32:case Qe.SFIXED32:case Qe.FLOAT:return Lt.Bit32;default:return Lt.Varint}}var gn=9,$n=11,bn=12,_n=[["unary","server_streaming"],["client_streaming","bidi_streaming"]];function wn(e,t=[]){let n=Sn("file",e,{name:e.name?.replace(/\.proto$/,""),edition:999,dependencies:t,enums:[],messages:[],extensions:[],services:[],toString:()=>`file ${e.name}`}),a=new kn(n);return e.enumType?.forEach(e=>a.addEnum(e)),e.messageType?.forEach(e=>a.addMessage(e)),a.messages.forEach(e=>a.addFields(e)),e.service?.forEach(e=>a.addService(e)),n}var kn=class{constructor(e){this.file=e,this.messages=[],this.types=new Map;for(let t of e.dependencies)for(let e of Jt(t))this.types.set(`.${e.typeName}`,e)}type(e,t,n,a){let i=`${n?.typeName??this.file.proto.package}.${t.name}`,r=Sn(e,t,{name:t.name,typeName:i,file:this.file,...a,toString:()=>`${e} ${i}`});return this.types.set(`.${i}`,r),r}addEnum(e,t){let n=e.value??[],a=`${function(e=""){return e.replace(/(?!^)[A-Z]/g,"_$&").toLowerCase()}(e.name)}_`,i=n.every(({name:e=""})=>e.toLowerCase().startsWith(a)&&/^\D/.test(e.slice(a.length)))?a:void 0,r=this.type("enum",e,t,{parent:t,open:!0,value:{},values:[],sharedPrefix:i});for(let e of n){let{name:t="",number:n=0}=e,a=t.slice(i?.length),s=Sn("enum_value",e,{parent:r,name:t,localName:a,number:n,jsonName:t,toString:()=>`enum value ${r.typeName}.${t}`});r.values.push(s),r.value[n]??=s}(t?.nestedEnums??this.file.enums).push(r)}addMessage(e,t){let n=this.type("message",e,t,{parent:t,field:{},fields:[],oneofs:[],members:[],nestedEnums:[],nestedMessages:[],nestedExtensions:[]});e.options?.mapEntry||(t?.nestedMessages??this.file.messages).push(n),e.enumType?.forEach(e=>this.addEnum(e,n)),e.nestedType?.forEach(e=>this.addMessage(e,n)),this.messages.push(n)}addFields(e){let t=(e.proto.oneofDecl??[]).map(t=>function(e,t){let{name:n=""}=e;return Sn("oneof",e,{parent:t,fields:[],name:n,localName:Nn(n),toString:()=>`oneof ${t.typeName}.${n}`})}(t,e));for(let n of e.proto.field??[]){let a=n.proto3Optional?void 0:t[n.oneofIndex??-1],i=this.field(n,e,a);e.fields.push(i),e.field[i.localName]=i,a?.fields.push(i),e.members.includes(a??i)||e.members.push(a??i)}e.oneofs=t.filter(e=>e.fields.length)}field(e,t,n){let{type:a=0,name:i=""}=e,r=3===e.label,s=n||e.proto3Optional||a===$n,o=this.types.get(e.typeName),l=a===$n?"message":14===a?"enum":"scalar",u=Sn("field",e,{name:i,number:e.number,parent:t,localName:Nn(i),jsonName:Nn(i),oneof:n,fieldKind:l,listKind:void 0,mapKind:void 0,mapKey:void 0,scalar:"scalar"===l?a:void 0,message:"message"===l?o:void 0,enum:"enum"===l?o:void 0,presence:s&&!r?1:2,packed:void 0,delimitedEncoding:"message"!==l&&void 0,utf8Validation:!0,longAsString:!1,getDefaultValue:r?void 0:()=>{},toString:()=>`field ${t.typeName}.${i}`});if(!r)return u;if(!o?.proto.options?.mapEntry){let e=![gn,bn,$n].includes(a);return Object.assign(u,{fieldKind:"list",listKind:l,packed:e})}let[c,d]=o.fields,{fieldKind:p,message:f,enum:h,scalar:m}=d;return Object.assign(u,{fieldKind:"map",mapKey:c.scalar,mapKind:p,message:f,enum:h,scalar:m})}addService(e){let t=this.type("service",e,void 0,{methods:[],method:{}});for(let n of e.method??[]){let e=this.method(n,t);t.methods.push(e),t.method[e.localName]=e}this.file.services.push(t)}method(e,t){let{name:n="",clientStreaming:a,serverStreaming:i}=e;return Sn("rpc",e,{parent:t,name:n,localName:n[0].toLowerCase()+n.slice(1),methodKind:_n[+!!a][+!!i],input:this.types.get(e.inputType),output:this.types.get(e.outputType),idempotency:e.options?.idempotencyLevel??0,toString:()=>`rpc ${t.typeName}.${n}`})}};function Sn(e,t,n){return{kind:e,proto:t,deprecated:t.options?.deprecated??!1,...n}}function Nn(e){return e.replace(/_+(\D?)/g,(e,t)=>t.toUpperCase())}var Tn=wn({name:"google/protobuf/duration.proto",messageType:[{name:"Duration",field:[{name:"seconds",number:1,type:3},{name:"nanos",number:2,type:5}]}],package:"google.protobuf"}),En=Qt(Tn,0),In=wn({name:"google/protobuf/field_mask.proto",messageType:[{name:"FieldMask",field:[{name:"paths",number:1,label:3,type:9}]}],package:"google.protobuf"}),An=wn({name:"google/protobuf/timestamp.proto",messageType:[{name:"Timestamp",field:[{name:"seconds",number:1,type:3},{name:"nanos",number:2,type:5}]}],package:"google.protobuf"}),Cn=Qt(An,0),xn=wn({name:"onduty/v1/status.proto",messageType:[{name:"UserStatus",field:[{name:"account_id",number:1,type:9},{name:"user_id",number:2,type:9},{name:"status",number:3,type:14,typeName:".onduty.v1.Status"},{name:"available",number:4,type:8},{name:"cause",number:5,type:14,typeName:".onduty.v1.Cause"},{name:"status_since",number:6,type:11,typeName:".google.protobuf.Timestamp"},{name:"last_activity_time",number:7,type:11,typeName:".google.protobuf.Timestamp"},{name:"next_status",number:8,type:14,typeName:".onduty.v1.Status"},{name:"next_status_time",number:9,type:11,typeName:".google.protobuf.Timestamp"},{name:"actor",number:10,type:9},{name:"reason",number:11,type:9},{name:"revision",number:12,type:3},{name:"expire_time",number:13,type:11,typeName:".google.protobuf.Timestamp"},{name:"then",number:14,type:14,typeName:".onduty.v1.Then"},{name:"connected",number:15,type:8},{name:"engagements",number:16,type:5},{name:"next_cause",number:17,type:14,typeName:".onduty.v1.Cause"}]},{name:"Workflow",field:[{name:"account_id",number:1,type:9},{name:"enabled",number:2,type:8,oneofIndex:0,proto3Optional:!0},{name:"away_after",number:3,type:11,typeName:".google.protobuf.Duration"},{name:"offline_after",number:4,type:11,typeName:".google.protobuf.Duration"},{name:"resume",number:5,type:14,typeName:".onduty.v1.Resume",oneofIndex:1,proto3Optional:!0},{name:"keep_manual_away",number:6,type:8,oneofIndex:2,proto3Optional:!0},{name:"etag",number:7,type:9},{name:"update_time",number:8,type:11,typeName:".google.protobuf.Timestamp"},{name:"updated_by",number:9,type:9},{name:"enabled_time",number:10,type:11,typeName:".google.protobuf.Timestamp"},{name:"update_caller",number:11,type:9},{name:"disconnect_after",number:12,type:11,typeName:".google.protobuf.Duration"},{name:"disconnect_status",number:13,type:14,typeName:".onduty.v1.Status",oneofIndex:3,proto3Optional:!0}],oneofDecl:[{name:"_enabled"},{name:"_resume"},{name:"_keep_manual_away"},{name:"_disconnect_status"}]},{name:"WorkflowImpact",field:[{name:"switching_to_away",number:1,type:3},{name:"switching_to_offline",number:2,type:3},{name:"switches",number:3,label:3,type:11,typeName:".onduty.v1.WorkflowImpactSwitch"},{name:"next_hour",number:4,label:3,type:11,typeName:".onduty.v1.WorkflowImpactQuarter"}]},{name:"WorkflowImpactQuarter",field:[{name:"end_time",number:1,type:11,typeName:".google.protobuf.Timestamp"},{name:"switching_to_away",number:2,type:3},{name:"switching_to_offline",number:3,type:3}]},{name:"WorkflowImpactSwitch",field:[{name:"user_id",number:1,type:9},{name:"previous_status",number:2,type:14,typeName:".onduty.v1.Status"},{name:"status",number:3,type:14,typeName:".onduty.v1.Status"}]},{name:"StatusChange",field:[{name:"account_id",number:1,type:9},{name:"user_id",number:2,type:9},{name:"revision",number:3,type:3},{name:"previous_status",number:4,type:14,typeName:".onduty.v1.Status"},{name:"status",number:5,type:14,typeName:".onduty.v1.Status"},{name:"cause",number:6,type:14,typeName:".onduty.v1.Cause"},{name:"effective_time",number:7,type:11,typeName:".google.protobuf.Timestamp"},{name:"commit_time",number:8,type:11,typeName:".google.protobuf.Timestamp"},{name:"actor",number:9,type:9},{name:"reason",number:10,type:9},{name:"caller",number:11,type:9},{name:"expire_time",number:12,type:11,typeName:".google.protobuf.Timestamp"},{name:"then",number:13,type:14,typeName:".onduty.v1.Then"}]},{name:"RecordActivityRequest",field:[{name:"account_id",number:1,type:9},{name:"user_id",number:2,type:9},{name:"activity_time",number:3,type:11,typeName:".google.protobuf.Timestamp"}]},{name:"RecordActivityResponse",field:[{name:"user_status",number:1,type:11,typeName:".onduty.v1.UserStatus"}]},{name:"KeepSessionRequest",field:[{name:"account_id",number:1,type:9},{name:"user_id",number:2,type:9},{name:"session_id",number:3,type:9},{name:"ttl",number:4,type:11,typeName:".google.protobuf.Duration"},{name:"idle_for",number:5,type:11,typeName:".google.protobuf.Duration"}]},{name:"KeepSessionResponse",field:[{name:"user_status",number:1,type:11,typeName:".onduty.v1.UserStatus"},{name:"server_time",number:2,type:11,typeName:".google.protobuf.Timestamp"}]},{name:"EndSessionRequest",field:[{name:"account_id",number:1,type:9},{name:"user_id",number:2,type:9},{name:"session_id",number:3,type:9}]},{name:"EndSessionResponse",field:[{name:"user_status",number:1,type:11,typeName:".onduty.v1.UserStatus"}]},{name:"KeepEngagementRequest",field:[{name:"account_id",number:1,type:9},{name:"user_id",number:2,type:9},{name:"engagement_id",number:3,type:9},{name:"ttl",number:4,type:11,typeName:".google.protobuf.Duration"}]},{name:"KeepEngagementResponse",field:[{name:"user_status",number:1,type:11,typeName:".onduty.v1.UserStatus"}]},{name:"EndEngagementRequest",field:[{name:"account_id",number:1,type:9},{name:"user_id",number:2,type:9},{name:"engagement_id",number:3,type:9}]},{name:"EndEngagementResponse",field:[{name:"user_status",number:1,type:11,typeName:".onduty.v1.UserStatus"}]},{name:"SetStatusRequest",field:[{name:"account_id",number:1,type:9},{name:"user_id",number:2,type:9},{name:"status",number:3,type:14,typeName:".onduty.v1.Status"},{name:"reason",number:4,type:9},{name:"expected_revision",number:5,type:3,oneofIndex:0,proto3Optional:!0},{name:"expire_time",number:6,type:11,typeName:".google.protobuf.Timestamp"},{name:"ttl",number:7,type:11,typeName:".google.protobuf.Duration"},{name:"then",number:8,type:14,typeName:".onduty.v1.Then"}],oneofDecl:[{name:"_expected_revision"}]},{name:"SetStatusResponse",field:[{name:"user_status",number:1,type:11,typeName:".onduty.v1.UserStatus"}]},{name:"GetStatusRequest",field:[{name:"account_id",number:1,type:9},{name:"user_id",number:2,type:9}]},{name:"GetStatusResponse",field:[{name:"user_status",number:1,type:11,typeName:".onduty.v1.UserStatus"}]},{name:"BatchGetStatusesRequest",field:[{name:"account_id",number:1,type:9},{name:"user_ids",number:2,label:3,type:9}]},{name:"BatchGetStatusesResponse",field:[{name:"user_statuses",number:1,label:3,type:11,typeName:".onduty.v1.UserStatus"},{name:"unknown_user_ids",number:2,label:3,type:9}]},{name:"ListStatusesRequest",field:[{name:"account_id",number:1,type:9},{name:"statuses",number:2,label:3,type:14,typeName:".onduty.v1.Status"},{name:"page_size",number:3,type:5},{name:"page_token",number:4,type:9}]},{name:"ListStatusesResponse",field:[{name:"user_statuses",number:1,label:3,type:11,typeName:".onduty.v1.UserStatus"},{name:"next_page_token",number:2,type:9}]},{name:"ListAvailableUsersRequest",field:[{name:"account_id",number:1,type:9},{name:"order",number:2,type:14,typeName:".onduty.v1.AvailabilityOrder"},{name:"limit",number:3,type:5},{name:"max_engagements",number:4,type:5}]},{name:"ListAvailableUsersResponse",field:[{name:"user_statuses",number:1,label:3,type:11,typeName:".onduty.v1.UserStatus"},{name:"available_count",number:2,type:3}]},{name:"GetWorkflowRequest",field:[{name:"account_id",number:1,type:9}]},{name:"GetWorkflowResponse",field:[{name:"workflow",number:1,type:11,typeName:".onduty.v1.Workflow"}]},{name:"UpdateWorkflowRequest",field:[{name:"workflow",number:1,type:11,typeName:".onduty.v1.Workflow"},{name:"update_mask",number:2,type:11,typeName:".google.protobuf.FieldMask"},{name:"validate_only",number:3,type:8}]},{name:"UpdateWorkflowResponse",field:[{name:"workflow",number:1,type:11,typeName:".onduty.v1.Workflow"},{name:"impact",number:2,type:11,typeName:".onduty.v1.WorkflowImpact"}]},{name:"ListStatusChangesRequest",field:[{name:"account_id",number:1,type:9},{name:"user_id",number:2,type:9},{name:"start_time",number:3,type:11,typeName:".google.protobuf.Timestamp"},{name:"end_time",number:4,type:11,typeName:".google.protobuf.Timestamp"},{name:"page_size",number:5,type:5},{name:"page_token",number:6,type:9}]},{name:"ListStatusChangesResponse",field:[{name:"changes",number:1,label:3,type:11,typeName:".onduty.v1.StatusChange"},{name:"next_page_token",number:2,type:9}]},{name:"Activity",field:[{name:"account_id",number:1,type:9},{name:"user_id",number:2,type:9},{name:"activity_time",number:3,type:11,typeName:".google.protobuf.Timestamp"}]},{name:"Lease",field:[{name:"account_id",number:1,type:9},{name:"user_id",number:2,type:9},{name:"action",number:3,type:14,typeName:".onduty.v1.LeaseAction"},{name:"lease_id",number:4,type:9},{name:"ttl",number:5,type:11,typeName:".google.protobuf.Duration"},{name:"idle_for",number:6,type:11,typeName:".google.protobuf.Duration"}]},{name:"RecordActivitiesRequest",field:[{name:"sequence",number:1,type:3},{name:"activities",number:2,label:3,type:11,typeName:".onduty.v1.Activity"},{name:"leases",number:3,label:3,type:11,typeName:".onduty.v1.Lease"}]},{name:"RecordActivitiesResponse",field:[{name:"sequence",number:1,type:3},{name:"errors",number:2,label:3,type:11,typeName:".onduty.v1.ActivityError"},{name:"lease_errors",number:3,label:3,type:11,typeName:".onduty.v1.ActivityError"}]},{name:"ActivityError",field:[{name:"index",number:1,type:5},{name:"reason",number:2,type:14,typeName:".onduty.v1.ErrorReason"},{name:"field",number:3,type:9},{name:"message",number:4,type:9},{name:"server_time",number:5,type:11,typeName:".google.protobuf.Timestamp"}]},{name:"WatchStatusesRequest",field:[{name:"account_id",number:1,type:9},{name:"user_ids",number:2,label:3,type:9},{name:"resume_token",number:3,type:9}]},{name:"WatchStatusesResponse",field:[{name:"resume_token",number:1,type:9},{name:"snapshot",number:2,type:11,typeName:".onduty.v1.StatusSnapshot",oneofIndex:0},{name:"changes",number:3,type:11,typeName:".onduty.v1.WatchedChanges",oneofIndex:0},{name:"bookmark",number:4,type:11,typeName:".onduty.v1.Bookmark",oneofIndex:0}],oneofDecl:[{name:"event"}]},{name:"StatusSnapshot",field:[{name:"first",number:1,type:8},{name:"last",number:2,type:8},{name:"user_statuses",number:3,label:3,type:11,typeName:".onduty.v1.UserStatus"},{name:"workflow",number:4,type:11,typeName:".onduty.v1.Workflow"}]},{name:"WatchedChanges",field:[{name:"changes",number:1,label:3,type:11,typeName:".onduty.v1.WatchedChange"}]},{name:"WatchedChange",field:[{name:"status_change",number:1,type:11,typeName:".onduty.v1.StatusChange",oneofIndex:0},{name:"workflow_change",number:2,type:11,typeName:".onduty.v1.WorkflowChange",oneofIndex:0}],oneofDecl:[{name:"change"}]},{name:"WorkflowChange",field:[{name:"revision",number:1,type:3},{name:"workflow",number:2,type:11,typeName:".onduty.v1.Workflow"},{name:"previous_workflow",number:3,type:11,typeName:".onduty.v1.Workflow"}]},{name:"Bookmark",field:[{name:"effective_until",number:1,type:11,typeName:".google.protobuf.Timestamp"}]},{name:"ListWorkflowChangesRequest",field:[{name:"account_id",number:1,type:9},{name:"page_size",number:2,type:5},{name:"page_token",number:3,type:9}]},{name:"ListWorkflowChangesResponse",field:[{name:"changes",number:1,label:3,type:11,typeName:".onduty.v1.WorkflowChange"},{name:"next_page_token",number:2,type:9}]},{name:"GetCallerRequest"},{name:"GetCallerResponse",field:[{name:"caller",number:1,type:11,typeName:".onduty.v1.Caller"}]},{name:"Caller",field:[{name:"authenticated",number:1,type:8},{name:"name",number:2,type:9},{name:"user_id",number:3,type:9},{name:"via",number:4,type:9},{name:"grants",number:5,label:3,type:11,typeName:".onduty.v1.CallerGrant"}]},{name:"CallerGrant",field:[{name:"everywhere",number:1,type:8},{name:"account_id",number:2,type:9},{name:"permissions",number:3,label:3,type:9},{name:"own_user_only",number:4,type:8},{name:"acts_for_others",number:5,type:8}]},{name:"ListAccountsRequest",field:[{name:"page_size",number:1,type:5},{name:"page_token",number:2,type:9}]},{name:"ListAccountsResponse",field:[{name:"accounts",number:1,label:3,type:11,typeName:".onduty.v1.Account"},{name:"next_page_token",number:2,type:9}]},{name:"Account",field:[{name:"account_id",number:1,type:9}]},{name:"SimulateRequest",field:[{name:"account_id",number:1,type:9},{name:"workflow",number:2,type:11,typeName:".onduty.v1.Workflow"},{name:"log",number:3,type:12},{name:"time_column",number:4,type:9},{name:"user_column",number:5,type:9},{name:"time_format",number:6,type:14,typeName:".onduty.v1.LogTimeFormat"},{name:"keep_order",number:7,type:8}]},{name:"SimulateResponse",field:[{name:"summary",number:1,type:11,typeName:".onduty.v1.SimulationSummary"},{name:"warnings",number:2,label:3,type:9}]},{name:"SimulationSummary",field:[{name:"users",number:1,type:3},{name:"activities",number:2,type:3},{name:"late_activities",number:3,type:3},{name:"first_activity_time",number:4,type:11,typeName:".google.protobuf.Timestamp"},{name:"last_activity_time",number:5,type:11,typeName:".google.protobuf.Timestamp"},{name:"switches",number:6,label:3,type:11,typeName:".onduty.v1.SimulatedSwitches"},{name:"resumes",number:7,type:3},{name:"ignored_activities",number:8,type:3},{name:"active_soon_after_away",number:9,type:3},{name:"time_in_status",number:10,label:3,type:11,typeName:".onduty.v1.SimulatedTime"}]},{name:"SimulatedSwitches",field:[{name:"previous_status",number:1,type:14,typeName:".onduty.v1.Status"},{name:"status",number:2,type:14,typeName:".onduty.v1.Status"},{name:"count",number:3,type:3}]},{name:"SimulatedTime",field:[{name:"status",number:1,type:14,typeName:".onduty.v1.Status"},{name:"duration",number:2,type:11,typeName:".google.protobuf.Duration"}]}],enumType:[{name:"Status",value:[{name:"STATUS_UNSPECIFIED",number:0},{name:"STATUS_ONLINE",number:1},{name:"STATUS_AWAY",number:2},{name:"STATUS_OFFLINE",number:3}]},{name:"Cause",value:[{name:"CAUSE_UNSPECIFIED",number:0},{name:"CAUSE_MANUAL",number:1},{name:"CAUSE_INACTIVITY",number:2},{name:"CAUSE_ACTIVITY",number:3},{name:"CAUSE_EXPIRY",number:4},{name:"CAUSE_DISCONNECT",number:5}]},{name:"Resume",value:[{name:"RESUME_UNSPECIFIED",number:0},{name:"RESUME_FROM_AWAY",number:1},{name:"RESUME_NEVER",number:2},{name:"RESUME_FROM_AWAY_OR_OFFLINE",number:3}]},{name:"Then",value:[{name:"THEN_UNSPECIFIED",number:0},{name:"THEN_AUTOMATIC",number:1},{name:"THEN_ONLINE",number:2},{name:"THEN_AWAY",number:3},{name:"THEN_OFFLINE",number:4}]},{name:"LeaseAction",value:[{name:"LEASE_ACTION_UNSPECIFIED",number:0},{name:"LEASE_ACTION_KEEP_SESSION",number:1},{name:"LEASE_ACTION_END_SESSION",number:2},{name:"LEASE_ACTION_KEEP_ENGAGEMENT",number:3},{name:"LEASE_ACTION_END_ENGAGEMENT",number:4}]},{name:"AvailabilityOrder",value:[{name:"AVAILABILITY_ORDER_UNSPECIFIED",number:0},{name:"AVAILABILITY_ORDER_LONGEST_AVAILABLE",number:1},{name:"AVAILABILITY_ORDER_MOST_RECENTLY_ACTIVE",number:2},{name:"AVAILABILITY_ORDER_LONGEST_IDLE",number:3}]},{name:"ErrorReason",value:[{name:"ERROR_REASON_UNSPECIFIED",number:0},{name:"ERROR_REASON_INVALID_FIELD",number:1},{name:"ERROR_REASON_INVALID_WORKFLOW",number:2},{name:"ERROR_REASON_USER_UNKNOWN",number:3},{name:"ERROR_REASON_REVISION_CONFLICT",number:4},{name:"ERROR_REASON_RESUME_TOKEN_EXPIRED",number:5},{name:"ERROR_REASON_CREDENTIAL_REQUIRED",number:6},{name:"ERROR_REASON_PERMISSION_REQUIRED",number:7},{name:"ERROR_REASON_LIMIT_EXCEEDED",number:8},{name:"ERROR_REASON_STORE_UNAVAILABLE",number:9},{name:"ERROR_REASON_ISSUER_UNAVAILABLE",number:10}]},{name:"LogTimeFormat",value:[{name:"LOG_TIME_FORMAT_UNSPECIFIED",number:0},{name:"LOG_TIME_FORMAT_RFC3339",number:1},{name:"LOG_TIME_FORMAT_EPOCH_S",number:2},{name:"LOG_TIME_FORMAT_EPOCH_MS",number:3}]}],service:[{name:"StatusService",method:[{name:"RecordActivity",inputType:".onduty.v1.RecordActivityRequest",outputType:".onduty.v1.RecordActivityResponse"},{name:"RecordActivities",inputType:".onduty.v1.RecordActivitiesRequest",outputType:".onduty.v1.RecordActivitiesResponse",clientStreaming:!0,serverStreaming:!0},{name:"KeepSession",inputType:".onduty.v1.KeepSessionRequest",outputType:".onduty.v1.KeepSessionResponse"},{name:"EndSession",inputType:".onduty.v1.EndSessionRequest",outputType:".onduty.v1.EndSessionResponse"},{name:"KeepEngagement",inputType:".onduty.v1.KeepEngagementRequest",outputType:".onduty.v1.KeepEngagementResponse"},{name:"EndEngagement",inputType:".onduty.v1.EndEngagementRequest",outputType:".onduty.v1.EndEngagementResponse"},{name:"SetStatus",inputType:".onduty.v1.SetStatusRequest",outputType:".onduty.v1.SetStatusResponse"},{name:"GetStatus",inputType:".onduty.v1.GetStatusRequest",outputType:".onduty.v1.GetStatusResponse",options:{idempotencyLevel:1}},{name:"BatchGetStatuses",inputType:".onduty.v1.BatchGetStatusesRequest",outputType:".onduty.v1.BatchGetStatusesResponse",options:{idempotencyLevel:1}},{name:"ListStatuses",inputType:".onduty.v1.ListStatusesRequest",outputType:".onduty.v1.ListStatusesResponse",options:{idempotencyLevel:1}},{name:"ListAvailableUsers",inputType:".onduty.v1.ListAvailableUsersRequest",outputType:".onduty.v1.ListAvailableUsersResponse",options:{idempotencyLevel:1}},{name:"WatchStatuses",inputType:".onduty.v1.WatchStatusesRequest",outputType:".onduty.v1.WatchStatusesResponse",serverStreaming:!0},{name:"GetWorkflow",inputType:".onduty.v1.GetWorkflowRequest",outputType:".onduty.v1.GetWorkflowResponse",options:{idempotencyLevel:1}},{name:"UpdateWorkflow",inputType:".onduty.v1.UpdateWorkflowRequest",outputType:".onduty.v1.UpdateWorkflowResponse"},{name:"ListStatusChanges",inputType:".onduty.v1.ListStatusChangesRequest",outputType:".onduty.v1.ListStatusChangesResponse",options:{idempotencyLevel:1}},{name:"ListWorkflowChanges",inputType:".onduty.v1.ListWorkflowChangesRequest",outputType:".onduty.v1.ListWorkflowChangesResponse",options:{idempotencyLevel:1}},{name:"GetCaller",inputType:".onduty.v1.GetCallerRequest",outputType:".onduty.v1.GetCallerResponse",options:{idempotencyLevel:1}},{name:"ListAccounts",inputType:".onduty.v1.ListAccountsRequest",outputType:".onduty.v1.ListAccountsResponse",options:{idempotencyLevel:1}},{name:"Simulate",inputType:".onduty.v1.SimulateRequest",outputType:".onduty.v1.SimulateResponse",options:{idempotencyLevel:1}}]}],package:"onduty.v1"},[Tn,In,An]),Ln=en(Zt(xn,0)),Mn=en(Zt(xn,1)),Rn=en(Zt(xn,2)),On=en(Zt(xn,7)),Dn=xn.services[0];function Un(e,t){if(0===e.length)return t;let n=new Uint8Array(e.length+t.length);return n.set(e),n.set(t,e.length),n}var Fn=class extends Error{constructor(e,t,{reason:n="",violations:a=[],retryAfterMs:i,cause:r}={}){super(t,{cause:r}),this.name="OndutyError",this.code=e,this.reason=n,this.violations=a,this.retryAfterMs=i}},Bn={400:"internal",401:"unauthenticated",403:"permission_denied",404:"unimplemented",429:"unavailable",502:"unavailable",503:"unavailable",504:"unavailable"};async function Pn(e){let t=Bn[e.status]??"unknown";try{return Wn(await e.json(),t)}catch{return new Fn(t,`the server answered with HTTP status ${e.status}`)}}function Wn(e,t="unknown"){let n={};for(let{type:t,debug:a}of e.details??[])"google.rpc.ErrorInfo"===t&&"onduty"===a?.domain&&(n.reason=a.reason),"google.rpc.BadRequest"===t&&(n.violations=a?.fieldViolations),"google.rpc.RetryInfo"===t&&(n.retryAfterMs=1e3*Number.parseFloat(a?.retryDelay));return new Fn(e.code??t,e.message??"",n)}async function Vn(e,t,n,{signal:a,timeoutMs:i=e.timeoutMs??1e4}={}){let r=AbortSignal.timeout(i),s=a?AbortSignal.any([a,r]):r,o=dn(t.input,bt(t.input,n)),l={"content-type":"application/proto","connect-timeout-ms":String(i)},u=await jn(e,t,l,o,s,a);if(!u.ok)throw await Pn(u);try{return tn(t.output,new Uint8Array(await u.arrayBuffer()))}catch(e){throw Hn(e,s,a)}}async function*qn(e,t,n,{signal:a}={}){let i=new AbortController,r=a?AbortSignal.any([a,i.signal]):i.signal;try{let i=function(e){let t=new Uint8Array(5+e.length);return new DataView(t.buffer).setUint32(1,e.length),t.set(e,5),t}(dn(t.input,bt(t.input,n))),s=await jn(e,t,{"content-type":"application/connect+proto"},i,r,a);if(!s.ok||!s.body)throw await Pn(s);let o=async function*(e){let t=new Uint8Array(0);for(;;){for(;t.length>=5;){let e=new DataView(t.buffer,t.byteOffset).getUint32(1),n=t[0];if(1&n||e>67108864)throw new TypeError("an envelope that was not asked for");if(t.length<5+e)break;let a=t.subarray(5,5+e);if(t=t.subarray(5+e),2&n)return JSON.parse((new TextDecoder).decode(a)||"{}");yield a}let{value:n,done:a}=await e.read();if(a)return;t=Un(t,n)}}(s.body.getReader());for(;;){let{value:e,done:n}=await o.next().catch(e=>{throw Hn(e,r,a)});if(n){if(void 0===e)throw new Fn("unavailable","the stream was cut");if(e.error)throw Wn(e.error);return}yield tn(t.output,e)}}finally{i.abort()}}async function jn(e,t,n,a,i,r){let s=await(e.token?.()),o=e.actor?.();s&&(n.authorization=`Bearer ${s}`),o&&(n["onduty-actor-bin"]=function(e){return btoa(String.fromCharCode(...(new TextEncoder).encode(e)))}(o)),n["connect-protocol-version"]="1";let l=`${e.baseUrl}/${t.parent.typeName}/${t.name}`;try{let t={method:"POST",headers:n,body:a,signal:i,credentials:"omit",cache:"no-store"};return await(e.fetch??globalThis.fetch)(l,t)}catch(e){throw Hn(e,i,r)}}function Hn(e,t,n){return n?.aborted?new Fn("canceled","the call was cancelled",{cause:e}):t.aborted?new Fn("deadline_exceeded","the server did not answer in time",{cause:e}):new Fn("unavailable","the server cannot be reached",{cause:e})}function Kn(e){return e&&1e3*Number(e.seconds)+Math.round(e.nanos/1e6)}function Gn(e){return bt(Cn,zn(e))}function Yn(e){return bt(En,zn(e))}function zn(e){let t=Math.floor(e/1e3);return{seconds:BigInt(t),nanos:1e6*Math.round(e-1e3*t)}}var Xn=function(e){var t=H.get(this);return t||(t=new Map,H.set(this,t)),(t=j(this,t.get(e)||(t.set(e,t=function(e){for(var t,n,a=1,i="",r="",s=[0],o=function(e){1===a&&(e||(i=i.replace(/^\s*\n\s*|\s*\n\s*$/g,"")))?s.push(0,e,i):3===a&&(e||i)?(s.push(3,e,i),a=2):2===a&&"..."===i&&e?s.push(4,e,0):2===a&&i&&!e?s.push(5,0,!0,i):a>=5&&((i||!e&&5===a)&&(s.push(a,0,i,n),a=6),e&&(s.push(a,e,0,n),a=6)),i=""},l=0;l<e.length;l++){l&&(1===a&&o(),o(l));for(var u=0;u<e[l].length;u++)t=e[l][u],1===a?"<"===t?(o(),s=[s],a=3):i+=t:4===a?"--"===i&&">"===t?(a=1,i=""):i=t+i[0]:r?t===r?r="":i+=t:'"'===t||"'"===t?r=t:">"===t?(o(),a=1):a&&("="===t?(a=5,n=i,i=""):"/"===t&&(a<5||">"===e[l][u+1])?(o(),3===a&&(s=s[0]),a=s,(s=s[0]).push(2,0,a),a=0):" "===t||"\t"===t||"\n"===t||"\r"===t?(o(),a=2):i+=t),3===a&&"!--"===i&&(a=4,s=s[0])}return o(),s}(e)),t),arguments,[])).length>1?t:t[0]}.bind($),Jn=class{constructor(e){this.area=e,this.inPage=new Map}get(e){try{return this.inPage.get(e)??this.area().getItem(e)}catch{return null}}set(e,t){this.inPage.delete(e);try{return null===t?this.area().removeItem(e):this.area().setItem(e,t),!0}catch{return null!==t&&this.inPage.set(e,t),!1}}},Qn=new Jn(()=>sessionStorage),Zn=new Jn(()=>localStorage);function ea(e){try{return globalThis.localStorage,new BroadcastChannel(e)}catch{return null}}var ta="onduty.departure",na=function(){let e=[location.hash,location.search].map(e=>new URLSearchParams(e.slice(1))).find(e=>e.has("state")&&(e.has("code")||e.has("error")));if(!e)return null;let t=JSON.parse(Qn.get(ta)??"null"),n=null!==t&&t.state===e.get("state");return n&&Qn.set(ta,null),history.replaceState(null,"",location.pathname+(n?t.page:"")),{parameters:e,departure:n?t:null}}(),aa=Le(location.hash),ia=Le(!1),ra=Le("");function sa(e){let t=ra.peek();ra.value="",e&&(ia.value=!1,da(t))}addEventListener("hashchange",()=>{ia.peek()?(ra.value=location.hash,history.replaceState(null,"",aa.peek())):aa.value=location.hash}),addEventListener("beforeunload",e=>{ia.peek()&&e.preventDefault()});var oa=Ue(()=>{let[e="",t="",...n]=aa.value.replace(/^#\/?/,"").split("/").map(fa);return{account:e,page:t||"board",rest:n}}),la=Ue(()=>""===aa.value);function ua(e,...t){return ca(oa.value.account,e,...t)}function ca(e,...t){return`#/${[e,...t].map(encodeURIComponent).join("/")}`}function da(e){location.hash=e}function pa(e){history.replaceState(null,"",e),aa.value=e}function fa(e){try{return decodeURIComponent(e)}catch{return e}}var ha=Le(void 0);async function ma(){return ha.value??=(await(await fetch("sign-in.json",{credentials:"omit"})).json()).provider,ha.value??null}function va(){return import("./oidc-SXTAP7DM.js")}var ya,ga="onduty.token",$a="onduty.by-provider",ba="onduty.left-at",_a="onduty.name",wa=Le("loading"),ka=Le(""),Sa=Le(""),Na=Le(null!==Qn.get(ga)),Ta=Le(Zn.get(_a)??""),Ea=Qn.get(ga),Ia=0,Aa=null!==na,Ca=ea("onduty.sign-out"),xa=function(e){let t={};for(let[n,a]of Object.entries(Dn.method)){let i=a;"unary"===i.methodKind&&(t[n]=Vn.bind(null,e,i)),"server_streaming"===i.methodKind&&(t[n]=qn.bind(null,e,i))}return t}({baseUrl:"",token:()=>Ea??void 0,actor:()=>null===Ea&&Ta.value||void 0}),La=Ue(()=>oa.value.account),Ma={ask:async()=>{}};function Ra(){return Ea}async function Oa(){"unreachable"!==wa.value&&(wa.value="loading");let e=Aa;if(Aa=!1,!e||await async function(e){return qa(async()=>{let t=await e();t&&Ha(t)})}(Wa))try{await Ma.ask(),wa.value="ready",ka.value=""}catch(t){if(!(t instanceof Fn))throw t;"unauthenticated"!==t.code?wa.value="unreachable":e?await Ya("unaccepted",t.message):await async function(){let e=Na.value,t=null!==Qn.get($a);Ga();let n=Date.now()-Number(Qn.get(ba));e&&t&&(n<0||n>4e3)?await Pa(!0):await Ya(e?"expired":"")}()}}async function Da(){await Pa(!1)}async function Ua(){let e=null!==Qn.get($a);wa.value="loading",Ga(),e&&Ca?.postMessage("");let t=location.pathname;if(e){let e=await ma().catch(()=>null);t=e&&await va().then(t=>t.farewellAddress(e)).catch(()=>null)||t}location.replace(t)}function Fa(e,t=Ea){return e instanceof Fn&&"unauthenticated"===e.code&&t===Ea&&("ready"===wa.value&&async function(){wa.value="loading",ya&&await Va(),await Oa()}(),!0)}function Ba(e){Ta.value=e.trim(),Zn.set(_a,Ta.value)}async function Pa(e){wa.value=e?"leaving":wa.value,Qn.set(ba,String(Date.now())),await qa(async()=>{let t=await ma();if(!t)return;if(!isSecureContext)throw{reason:"insecure"};let{address:n,departure:a}=await(await va()).begun(t,{page:location.hash,isSilent:e});if(!function(e){return Qn.set(ta,JSON.stringify(e))}(a))throw{reason:"blocked"};location[e?"replace":"assign"](n)})}async function Wa(){let e=await ma();return e&&na&&(await va()).redeem(e,na)}async function Va(){clearTimeout(Ia);let e=ha.value;try{e&&ya&&Ha(await(await va()).renew(e,ya))}catch(e){"unreachable"===ja(e).reason?Ia=setTimeout(Va,5e3):ya=void 0}}async function qa(e){try{return await e(),!0}catch(e){let{reason:t,detail:n}=ja(e);return await Ya(t,n),!1}}function ja(e){return{reason:e?.reason??"offline",detail:e?.detail??""}}function Ha(e){Ka(e.token),Qn.set($a,"1"),ya=e.refreshToken??ya,clearTimeout(Ia),void 0!==ya&&void 0!==e.lifetimeMs&&(Ia=setTimeout(Va,Math.max(e.lifetimeMs-6e4,e.lifetimeMs/2)))}function Ka(e){Ea=e,Qn.set(ga,e),Na.value=!0}function Ga(){Ea=null,ya=void 0,clearTimeout(Ia),Qn.set(ga,null),Qn.set($a,null),Na.value=!1}async function Ya(e,t=""){Ga(),await ma().catch(()=>null),"offline"!==e?(ka.value=e,Sa.value=t,wa.value="signed-out"):wa.value="unreachable"}Ca?.addEventListener("message",()=>{null!==Qn.get($a)&&Ya("")}),addEventListener("pageshow",e=>{e.persisted&&"ready"!==wa.value&&Oa()});var za=Le(null),Xa=Le([]),Ja=Le(!1),Qa=Ue(()=>Ja.value&&Xa.value.length>=Za),Za=2e4,ei="",ti=null;async function ni(){if("ready"===wa.value&&!document.hidden&&za.value?.authenticated)try{let e=(await xa.getCaller({})).caller;"ready"===wa.value&&JSON.stringify(e)!==JSON.stringify(za.value)&&(za.value=e??null)}catch(e){if(!(e instanceof Fn))throw e;Fa(e)}}async function ai(){try{let e=await xa.listAccounts({pageSize:1e3,pageToken:ei}),t=new Intl.Collator(void 0,{numeric:!0}),n=[...new Set([...Xa.value,...e.accounts.map(e=>e.accountId)])];Xa.value=n.sort(t.compare),ei=e.nextPageToken}catch(e){if(!(e instanceof Fn))throw e;ei=""}Ja.value=""!==ei}setInterval(ni,15e3),document.addEventListener("visibilitychange",ni);var ii=Ue(()=>null!==za.value&&(!za.value.authenticated||za.value.grants.some(e=>e.everywhere))),ri=Ue(()=>ii.value||Xa.value.length>1),si=Ue(()=>{let e=new Set([]),t=new Set([]);for(let n of za.value?.grants??[])if(n.everywhere||n.accountId===La.value)for(let a of n.permissions)(n.ownUserOnly?t:e).add(a);return{everybody:e,own:t}});function oi(e,t){if(null===za.value)return!1;let{everybody:n,own:a}=si.value;return!(za.value.authenticated&&!n.has(e))||void 0!==t&&t===za.value.userId&&a.has(e)}var li=Ue(()=>{let e=za.value?.userId??"";return!oi("status.read")&&oi("status.read",e)?e:""}),ui=Ue(()=>oi("status.read")&&oi("workflow.read")),ci=Ue(()=>""!==li.value||oi("status.read")||oi("workflow.read")),di="onduty.language",pi={en:()=>import("./en-UAD2QPAG.js"),de:()=>import("./de-HPXJ7CCO.js")},fi={en:"English",de:"Deutsch"},hi=Le("en"),mi=Le(void 0);function vi(){return mi.value}function yi(e){return e.toLocaleString(hi.value)}async function gi(e){mi.value=(await pi[e]()).texts,hi.value=e}function $i(){return Xn`<label class="language">
<span class="visually-hidden">${vi().nav.language}</span>
<select value=${hi.value} onChange=${e=>async function(e){try{await gi(e)}catch{return}Zn.set(di,e)}(e.currentTarget.value)}>
${Object.entries(fi).map(([e,t])=>Xn`<option key=${e} value=${e} selected=${e===hi.value} lang=${e}>${t}</option>`)}
</select>
</label>`}var bi=1e3,_i=6e4,wi=60*_i,ki=24*wi,Si=Le(Date.now());setInterval(()=>{document.hidden||(Si.value=Date.now())},bi),document.addEventListener("visibilitychange",()=>{Si.value=Date.now()});var Ni=Intl.DateTimeFormat().resolvedOptions().timeZone,Ti=new Map;function Ei(e,t){let n=`${hi.value} ${e}`,a=Ti.get(n);return a||Ti.set(n,a=new Intl.DateTimeFormat(hi.value,t)),a}function Ii(e,t=Date.now()){let n=Ei("time",{hour:"2-digit",minute:"2-digit",second:"2-digit",hourCycle:"h23"}).format(e);return new Date(e).toDateString()===new Date(t).toDateString()?n:`${(new Date(e).getFullYear()===new Date(t).getFullYear()?Ei("day",{day:"numeric",month:"short"}):Ei("date",{dateStyle:"medium"})).format(e)}, ${n}`}function Ai(e){return`${new Date(e).toISOString().replace("T"," ").replace("Z","")} UTC`}function Ci(e){let{units:t}=vi(),n=Math.max(0,Math.round(e/bi)),a=[[Math.floor(n/86400),t.d],[Math.floor(n/3600)%24,t.h],[Math.floor(n/60)%60,t.min],[n%60,t.s]],i=a.findIndex(([e])=>0!==e);return i<0?`0 ${t.s}`:a.slice(i,i+2).filter(([e])=>0!==e).map(([e,t])=>`${e} ${t}`).join(" ")}function xi(e){let{units:t}=vi();return e<_i?`${Math.max(0,Math.floor(e/bi))} ${t.s}`:e<wi?`${Math.floor(e/_i)} ${t.min}`:e<ki?`${Math.floor(e/wi)} ${t.h}`:`${Math.floor(e/ki)} ${t.d}`}var Li=/[\u202a-\u202e\u2066-\u2069]/g;function Mi(e){return e.replace(Li,"�")}function Ri(e){return e&&`⁨${Mi(e)}⁩`}var Oi={board:"M3 4h14v3H3zM3 9h14v3H3zM3 14h9v3H3z",history:"M10 3a7 7 0 1 1-6.7 5M3 3v5h5M10 6v4l3 2",whatIf:"M4 16V9M10 16V4M16 16v-5",settings:"M3 6h8M15 6h2M3 14h2M9 14h8M13 4v4M7 12v4",plus:"M10 4v12M4 10h12",cross:"M5 5l10 10M15 5L5 15",pencil:"M4 16l1-4 8-8 3 3-8 8zM11 6l3 3",back:"M12 4l-6 6 6 6",search:"M9 4a5 5 0 1 1 0 10A5 5 0 0 1 9 4zM13 13l4 4",warn:"M10 3l8 14H2zM10 8v4M10 14v1",up:"M5 12l5-5 5 5",down:"M5 8l5 5 5-5",person:"M10 3a3.5 3.5 0 1 1 0 7 3.5 3.5 0 0 1 0-7zM3.5 17a6.5 6.5 0 0 1 13 0"};function Di({name:e}){return Xn`<svg class="icon" viewBox="0 0 20 20" width="18" height="18" aria-hidden="true">
<path
d=${Oi[e]}
fill=${"board"===e?"currentColor":"none"}
stroke=${"board"===e?"none":"currentColor"}
stroke-width="1.7"
stroke-linecap="round"
stroke-linejoin="round"
/>
</svg>`}function Ui(){return Xn`<p class="brand"><img src="icon.svg" alt="" width="24" height="24" /> onduty</p>`}function Fi({kind:e="info",children:t,actions:n}){return Xn`<div class="notice ${e}" role=${"error"===e||"warn"===e?"alert":"status"}>
${("error"===e||"warn"===e)&&Xn`<${Di} name="warn" />`}
<div class="notice-text">${t}</div>
${n&&Xn`<div class="notice-actions">${n}</div>`}
</div>`}function Bi({title:e,hint:t,isPage:n=!1,children:a}){return Xn`<div class="empty">
<${n?"h1":"p"} class="empty-title">${e}<//>
${t&&Xn`<p class="hint">${t}</p>`} ${a}
</div>`}function Pi(){return Xn`<div class="skeleton" role="status" aria-label=${vi().common.loading}>
<span></span><span></span><span></span><span></span>
</div>`}function Wi({ms:e,now:t}){return void 0===e?null:Xn`<time dateTime=${new Date(e).toISOString()} title=${Ai(e)}>${Ii(e,t)}</time>`}function Vi({title:e,onClose:t,children:n,alert:a=!1}){let i=se(null),r=le();return ie(()=>{let e=document.activeElement;return i.current?.showModal(),()=>e?.focus()},[]),Xn`<dialog ref=${i} class="dialog" aria-labelledby=${r} role=${a?"alertdialog":null} onCancel=${e=>{e.preventDefault(),t()}}>
<h2 id=${r}>${e}</h2>
${n}
</dialog>`}function qi({children:e}){let t=Mi(String(e));return Xn`<bdi class="name" title=${t}>${t}</bdi>`}function ji(){let e=vi().start,t=La.value,n=1!==Xa.value.length||Ja.value?void 0:Xa.value[0],a=void 0!==n&&!t&&(la.value||!ii.value);if(ie(()=>{document.title=`${e.title} · onduty`,async function(){for(;ei&&Xa.value.length<Za;)await ai()}()},[]),ie(()=>{a&&pa(ca(n,"board"))},[a]),a)return null;let i=0===Xa.value.length&&!ii.value;return Xn`<main class="alone">
<div class="card narrow">
<${Ui} />
<h1>${i?e.nothing:e.title}</h1>
${t&&Xn`<${Fi} kind="warn">${e.refused(`⁨${t}⁩`)}<//>`}
<p class="hint">${i?e.nothingHint(`⁨${za.value?.name}⁩`):e.hint}</p>
${Xa.value.length>0&&Xn`<${Hi} />`} ${ii.value&&Xn`<${Ki} />`}
${Na.value&&Xn`<p class="who"><${qi}>${za.value?.name??""}<//>
<button type="button" class="quiet" onClick=${Ua}>${vi().nav.signOut}</button></p>`}
<${$i} />
</div>
</main>`}function Hi(){let e=vi().start,t=Je(""),n=t.value.trim().toLowerCase(),a=Xa.value.filter(e=>e.toLowerCase().includes(n)).slice(0,100);return Xn`${Xa.value.length>8&&Xn`<div class="field">
<input
type="search"
aria-label=${e.search}
placeholder=${e.search}
onInput=${e=>t.value=e.currentTarget.value}
/>
<p class="hint" role="status">
${e.shown(a.length,Xa.value.length)}${Qa.value&&` ${e.notAll}`}
</p>
</div>`}
${a.length>0&&Xn`<ul class="account-list">
${a.map(e=>Xn`<li key=${e}><a href=${ca(e,"board")}><${qi}>${e}<//></a></li>`)}
</ul>`}`}function Ki(){let e=vi().start,t=Je(""),n=null!==za.value&&!za.value.authenticated;return Xn`<form class="token-form" onSubmit=${a=>{a.preventDefault();let i=new FormData(a.currentTarget),r=i.get("account")?.toString().trim()??"";n&&Ba(i.get("name")?.toString()??"");let s=(new TextEncoder).encode(r).length;0===s||s>128?t.value=e.tooLong:da(ca(r,"board"))}} novalidate>
<div class="field ${t.value?"wrong":""}">
<label for="account">${e.account}</label>
<input id="account" name="account" autocomplete="off" maxlength="128" aria-invalid=${t.value?"true":null} />
${t.value&&Xn`<p class="problem" role="alert">${t.value}</p>`}
</div>
${n&&Xn`<div class="field">
<label for="own-name">${e.name}</label>
<input id="own-name" name="name" autocomplete="name" maxlength="128" value=${Ta.value} aria-describedby="name-hint" />
<p class="hint" id="name-hint">${e.nameHint}</p>
</div>`}
<button type="submit" class="primary wide">${e.open}</button>
</form>`}function Gi(){let{nav:e}=vi(),t=Xa.value;if(t.length<2||t.length>20||Ja.value)return Xn`<p class="account">
<span class="hint">${e.account}</span> <${qi}>${La.value}<//>
${ri.value&&Xn`<a class="quiet-link" href="#/">${e.changeAccount}</a>`}
</p>`;let n=t.includes(La.value)?t:[La.value,...t];return Xn`<p class="account">
<label class="hint" for="account">${e.account}</label>
<select
id="account"
value=${La.value}
onChange=${e=>{da(ca(e.currentTarget.value,oa.value.page)),e.currentTarget.value=La.value}}
>
${n.map(e=>Xn`<option key=${e} value=${e} selected=${e===La.value}>${e}</option>`)}
</select>
${ii.value&&Xn`<a class="quiet-link" href="#/">${e.changeAccount}</a>`}
</p>`}var Yi=class{constructor(){this.steady=1/0,this.wall=1/0}in(e){this.steady=performance.now()+e,this.wall=Date.now()+e}hasPassed(){return performance.now()>this.steady||Date.now()>this.wall}},zi=7e3,Xi=class{constructor(e){this.wanted=e,this.resumeToken=e.resumeToken,this.closing=new AbortController,this.silence=new Yi,this.isSilent=!1,this.isWaiting=!0,this.leading=null,this.seeking=null,this.attempt=null,this.hasBegun=!1,this.isFresh=!1,this.isBegunAnew=!1,this.isShared=!1,this.endPause=()=>{},this.channel=navigator.locks?ea(e.name):null,this.channel?(this.channel.onmessage=({data:e})=>this.#e(e),this.#t({}),this.#n()):this.#a()}close(){this.closing.abort(),this.seeking?.abort(),this.#i(),this.channel?.close()}retry(){this.leading?this.endPause():this.#r("retry")}check(){let e=this.isSilent;this.isSilent=this.silence.hasPassed(),this.isSilent&&e&&(this.isSilent=!1,this.leading?this.attempt?.abort():this.#t({steal:!0}))}#r(e){this.closing.signal.aborted||this.channel?.postMessage(e)}#e(e){if(this.isShared=!0,"join"===e)this.#s();else if("retry"===e)this.endPause();else{if(this.leading)return;"lead"===e?this.silence.in(zi):"lost"in e?(this.silence.in(e.lost.waitMs+zi),this.wanted.onLost(e.lost)):this.#o(e)}}#s(){!this.leading||!this.hasBegun&&!this.resumeToken||(this.resumeToken="",this.isBegunAnew=!0,this.attempt?.abort(),this.endPause())}#n(){this.isWaiting=!0,this.silence.in(zi),this.#r("join")}#o({message:e,after:t}){let{event:n}=e;if("snapshot"===n.case&&n.value.first)this.isWaiting=!1;else{if(this.isWaiting)return;if(t!==this.resumeToken)return this.#n()}this.silence.in(3500),this.resumeToken=e.resumeToken,this.wanted.onMessage(e)}#t(e){this.seeking?.abort();let t=this.seeking=new AbortController;e.steal||(e.signal=t.signal),navigator.locks.request(this.wanted.name,e,()=>this.#a()).catch(()=>{this.closing.signal.aborted||t!==this.seeking||t.signal.aborted||(this.#i(),this.#t({}),this.#n())})}#i(){this.leading?.abort(),this.leading=null,this.endPause()}async#a(){if(this.closing.signal.aborted)return;let e=this.leading=new AbortController;this.#r("lead");for(let t=0;!e.signal.aborted;){let n=this.attempt=new AbortController;this.isBegunAnew=!1;let a=await this.#l(AbortSignal.any([e.signal,n.signal]));if(this.silence.in(1/0),e.signal.aborted)return;if(this.isBegunAnew)continue;if(a&&this.wanted.isFinal(a))return this.close();t=this.isFresh?1:t+1;let i={waitMs:Ji(t,a),isOrderly:!a&&!n.signal.aborted&&1===t};this.#r({lost:i}),this.wanted.onLost(i),await this.#u(i.waitMs)}}async#l(e){this.hasBegun=this.isFresh=!1,this.silence.in(zi);try{for await(let t of this.wanted.open(this.resumeToken,e)){if(e.aborted)return;this.isFresh||="bookmark"===t.event.case,this.silence.in(this.isFresh?3500:zi),this.isShared&&this.#r({message:t,after:this.resumeToken}),this.hasBegun=!0,this.resumeToken=t.resumeToken,this.wanted.onMessage(t)}}catch(e){return e instanceof Fn?!this.resumeToken||"out_of_range"!==e.code&&"invalid_argument"!==e.code?this.wanted.isOutdated(e)&&(this.isBegunAnew=!0):(this.resumeToken="",this.isBegunAnew=!0):reportError(e),e}}#u(e){return new Promise(t=>{let n=setTimeout(()=>this.endPause(),e);this.endPause=()=>{clearTimeout(n),this.endPause=()=>{},t(void 0)}})}};function Ji(e,t){let n=Math.min(1e4,500*2**Math.min(e-1,10)),a=t instanceof Fn&&t.retryAfterMs||0;return Math.min(a,6e4)+n*(.5+Math.random()/2)}function Qi(e){return(/^[ -~]*$/.test(e)?e:e.normalize("NFKD").replace(/[\p{M}\p{Cf}]/gu,"")).toLowerCase()}function Zi(e,t){return{id:e.userId,key:Qi(e.userId),status:e.status,cause:e.cause,since:Kn(e.statusSince)??0,actor:e.actor,reason:e.reason,revision:e.revision,lastActivity:Kn(e.lastActivityTime),next:e.nextStatus,nextAt:Kn(e.nextStatusTime),checked:t}}function er(e,t){let n=Kn(e.effectiveTime)??0;return{id:e.userId,key:t?.key??Qi(e.userId),status:e.status,cause:e.cause,since:t?.status===e.status?t.since:n,actor:e.actor,reason:e.reason,revision:e.revision,lastActivity:e.cause===Mn.ACTIVITY?n:t?.lastActivity,next:Ln.UNSPECIFIED,nextAt:void 0,checked:0}}var tr=new class{constructor(){this.all=new Map,this.counts={[Ln.ONLINE]:0,[Ln.AWAY]:0,[Ln.OFFLINE]:0},this.coming=null,this.onChange=()=>{},this.onReset=()=>{}}apply(e,t){if("snapshot"===e.case){if(e.value.first&&(this.coming=new Map),!this.coming)throw new Error("a snapshot without a beginning");for(let n of e.value.userStatuses)this.coming.set(n.userId,Zi(n,t));e.value.last&&this.#r(this.coming)}else if("changes"===e.case)for(let{change:t}of e.value.changes){if("statusChange"!==t.case)continue;let e=this.all.get(t.value.userId);(!e||t.value.revision>e.revision)&&this.#e(e,er(t.value,e))}}clear(){this.#r(new Map)}take(e,t){let n=this.all.get(e.userId);n&&n.revision>e.revision||this.#e(n,Zi(e,t))}#r(e){this.coming=null,this.all=e,this.counts={[Ln.ONLINE]:0,[Ln.AWAY]:0,[Ln.OFFLINE]:0};for(let{status:t}of e.values())this.#s(t,1);this.onReset()}#e(e,t){this.all.set(t.id,t),e&&this.#s(e.status,-1),this.#s(t.status,1),this.onChange(e,t)}#s(e,t){e in this.counts&&(this.counts[e]+=t)}},nr=Le(0),ar=Le("connecting"),ir=Le(0),rr=Ue(()=>"live"!==ar.value&&ir.value>0),sr=Le(0),or=Le(null),lr=new class{constructor(e=()=>performance.now()){this.steady=e,this.offsets=[],this.isAnew=!0}restart(){this.isAnew=!0}learn(e){this.offsets=[...this.isAnew?[]:this.offsets.slice(-29),e-this.steady()],this.isAnew=!1}now(){return this.offsets.length?this.steady()+Math.max(...this.offsets):Date.now()}},ur=new Yi,cr=0,dr=null,pr="",fr=0,hr=0;function mr(){return lr.now()}var vr=Ue(()=>"live"!==ar.value&&ir.value?ir.value:Si.value&&mr());function yr(){dr?.retry()}function gr(){cr||=setTimeout(()=>{cr=0,nr.value++},100)}function $r(e){for(let t of e)t.accountId===La.peek()&&tr.take(t,mr());gr()}function br(e){ar.value="connecting",lr.restart();let t=Ra();dr=new Xi({name:`onduty ${e} ${_r()}`,resumeToken:pr,open:(n,a)=>(t=Ra(),xa.watchStatuses({accountId:e,resumeToken:n},{signal:a})),onMessage:({event:e})=>function(e){if(tr.apply(e,mr()),gr(),"snapshot"===e.case&&e.value.first&&(or.value=e.value.workflow??null),"changes"===e.case)for(let{change:t}of e.value.changes)"workflowChange"===t.case&&(or.value=t.value.workflow??null);if("bookmark"===e.case){let t=Kn(e.value.effectiveUntil)??0;lr.learn(t),ir.value=t;let n=t+3500-mr();n>0&&(ur.in(n),ar.value="live")}}(e),onLost({waitMs:e,isOrderly:t}){ar.value=t?"connecting":"lost",sr.value=Date.now()+e,lr.restart()},isOutdated:e=>e instanceof Fn&&"unauthenticated"===e.code&&t!==Ra(),isFinal:e=>!!Fa(e,t)||e instanceof Fn&&"permission_denied"===e.code&&(kr(),ar.value="denied",!0)}),fr=setInterval(Sr,500)}function _r(){let{name:e="",grants:t=[]}=za.peek()??{};return JSON.stringify([e,t])}function wr(){clearInterval(fr),dr&&(pr=dr.resumeToken),dr?.close(),dr=null}function kr(){pr="",tr.clear(),ir.value=0,or.value=null}function Sr(){"live"===ar.value&&ur.hasPassed()&&(ar.value="late"),dr?.check()}function Nr(){let e=vi().link,t=Si.value;if("denied"===ar.value)return null;if("connecting"===ar.value||"late"===ar.value)return Xn`<p class="link ${ar.value}" role="status">${e[ar.value]}</p>`;if("live"===ar.value){let t=ir.value?`${e.liveAsOf(Ii(ir.value))} (${Ai(ir.value)})`:"";return Xn`<p class="link live" role="status" title=${t}><span class="dot" aria-hidden="true"></span>${e.live}</p>`}let n=Math.ceil((sr.value-t)/bi);return Xn`<p class="link lost">
<span role="status">${e.lost}</span>
<span class="hint">${e.retrying(n)}</span>
<button type="button" class="quiet" onClick=${yr}>${e.now}</button>
</p>`}function Tr(){let e=vi().link;return"late"===ar.value?Xn`<p class="lost-banner" role="alert">${e.lateAt(Ii(ir.value))}</p>`:"lost"!==ar.value?null:Xn`<p class="lost-banner" role="alert">${rr.value?e.lostAt(Ii(ir.value)):e.neverConnected}</p>`}addEventListener("online",yr),addEventListener("pageshow",Sr),document.addEventListener("resume",Sr),document.addEventListener("visibilitychange",()=>{clearTimeout(hr),document.hidden?hr=setTimeout(wr,6e4):(Sr(),!dr&&"ready"===wa.peek()&&La.peek()&&"denied"!==ar.peek()&&br(La.peek()))}),Ve(()=>{let e=La.value;"ready"===wa.value&&e?function(e){wr(),kr(),ui.peek()?br(e):ar.value="denied"}(e):wr()});var Er={[Ln.ONLINE]:"ONLINE",[Ln.AWAY]:"AWAY",[Ln.OFFLINE]:"OFFLINE"};function Ir(e){return Er[e]??"NONE"}function Ar(e){return vi().status[Ir(e)]}function Cr({status:e}){let t=Ir(e);return Xn`<svg class="shape ${t.toLowerCase()}" viewBox="0 0 16 16" width="12" height="12" aria-hidden="true">
${"ONLINE"===t&&Xn`<circle cx="8" cy="8" r="7" fill="currentColor" />`}
${"AWAY"===t&&Xn`<circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" stroke-width="2" />
<path d="M8 2a6 6 0 0 1 0 12z" fill="currentColor" />`}
${("OFFLINE"===t||"NONE"===t)&&Xn`<circle
cx="8"
cy="8"
r="6"
fill="none"
stroke="currentColor"
stroke-width="2"
stroke-dasharray=${"NONE"===t?"3 3":null}
/>`}
</svg>`}function xr({status:e,large:t=!1}){return Xn`<span class="status ${Ir(e).toLowerCase()} ${t?"large":""}">
<${Cr} status=${e} />${Ar(e)}
</span>`}var Lr=Le(0),Mr=()=>{let e=getComputedStyle(document.documentElement);Lr.value=parseFloat(e.getPropertyValue("--row"))*parseFloat(e.fontSize)};function Rr({count:e,row:t,head:n,label:a,kept:i=-1,top:r,onRange:s}){let o=Lr.value,l=se(null),u=se(null),[c,d]=(G=1,function(e,t){var n=ae(P++,2);if(n.t=e,!n.__c&&(n.__=[ve(void 0,t),function(e){var t=(n.__N||n.__)[0],a=n.t(t,e);K(t,a)||(n.__N=[a,n.__[1]],n.__c.setState({}))}],n.__c=W,!W.__f)){W.__f=!0;var a=W.shouldComponentUpdate;W.shouldComponentUpdate=function(e,t,n){var i=this.__H;if(!i)return!0;var r=!1,s=this.props!=e;if(i.__.some(function(e){e.__N&&(r=!0,K(e.__[0],e.__N[0])||(s=!0))}),a){var o=a.call(this,e,t,n);return r?o||s:o}return!r||s}}return n.__}(ve,{first:0,last:40})),p=()=>{let e=l.current;if(!e)return;let t=Math.max(0,Math.floor(e.scrollTop/o)-6),n=Math.ceil((e.scrollTop+e.clientHeight)/o)+6;d(e=>e.first===t&&e.last===n?e:{first:t,last:n}),s?.(t,n)};ie(()=>{let e=l.current;p();let t=new ResizeObserver(p);return t.observe(e),e.addEventListener("scroll",p,{passive:!0}),()=>{t.disconnect(),e.removeEventListener("scroll",p)}},[o,s]),re(()=>{l.current&&(l.current.scrollTop=0)},[r]),re(()=>{if(!u.current||!l.current)return;let{index:e,control:t}=u.current,n=Or(l.current.querySelector(`[aria-rowindex="${e+2}"]`));n.length&&(u.current=null,n[Math.min(t,n.length-1)].focus({preventScroll:!0}))});let f=Math.min(c.first,e),h=Math.min(c.last,e),m=Array.from({length:Math.max(0,h-f)},(e,t)=>f+t);i>=0&&i<f?m.unshift(i):i>=h&&i<e&&m.push(i);let v=m.map(e=>t(e)),y=Math.min(e*o,15e6);return Xn`<div
class="rows"
ref=${l}
role="grid"
aria-label=${a}
aria-rowcount=${e+1}
tabindex="0"
onKeyDown=${t=>{let n=t.target,a=n.closest(".rows-all [aria-rowindex]"),i=Or(a),r=i.indexOf(n),s=a?Number(a.getAttribute("aria-rowindex"))-2:-1,f=function({key:e,ctrlKey:t},{index:n,control:a,range:i,count:r,rowHeight:s,height:o}){let l=Math.max(1,Math.floor(o/s)-2);if(n<0){let t=i.first?i.first+6:0;return"ArrowDown"===e&&r?{index:t,control:0}:void 0}switch(e){case"ArrowDown":return{index:n+1,control:a};case"ArrowUp":return{index:n-1,control:a};case"PageDown":return{index:n+l,control:a};case"PageUp":return{index:n-l,control:a};case"Home":return t?{index:0,control:a}:{index:n,control:0};case"End":return t?{index:r-1,control:a}:{index:n,control:1/0};case"ArrowRight":return{index:n,control:a+1};case"ArrowLeft":return{index:n,control:a-1};default:return}}(t,{index:s,control:r,range:c,count:e,rowHeight:o,height:l.current?.clientHeight??0});!f||t.altKey||t.metaKey||(t.preventDefault(),f.index===s?i[Math.max(0,Math.min(i.length-1,f.control))]?.focus():((t,n)=>{let a=l.current;u.current={index:Math.max(0,Math.min(e-1,t)),control:n};let i=a.firstElementChild?.clientHeight??0,r=u.current.index*o,s=r+o+i-a.clientHeight;a.scrollTop=Math.max(s,Math.min(r,a.scrollTop)),d(e=>({...e})),p()})(f.index,f.control))}}
>
${n}
<div class="rows-all" role="rowgroup" style=${{height:`${y}px`}}>${v}</div>
</div>`}function Or(e){return[...e?.querySelectorAll("a, button, input")??[]]}function Dr({cause:e,actor:t,reason:n},a){let i=vi().cause;switch(e){case Mn.INACTIVITY:return void 0===a?i.inactivity:i.inactive(xi(a));case Mn.ACTIVITY:return i.activity;case Mn.MANUAL:{let e=t?i.by(Ri(t)):i.byHand;return n?i.withReason(e,Ri(n)):e}default:return""}}Mr(),addEventListener("resize",Mr);var Ur={person:()=>0,status:(e,t)=>e.status-t.status,since:(e,t)=>e.since-t.since},Fr=150,Br=Le(""),Pr=Le(new Set),Wr=Le({by:"person",down:!1}),Vr=Le(new Set),qr=Le(!1),jr=new class{constructor(){this.rows=[],this.wanted={by:"person",down:!1,search:"",statuses:new Set}}reset(e,t){this.wanted=t,this.rows=[];for(let t of e)this.#r(t)&&this.rows.push(t);this.rows.sort((e,t)=>this.#e(e,t))}change(e,t){let n=e&&this.#r(e)?this.#s(e):-1,a=this.#r(t);n>=0&&a&&0===this.#e(e,t)?this.rows[n]=t:(n>=0&&this.rows.splice(n,1),a&&this.rows.splice(this.#s(t),0,t))}indexOf(e){return this.#r(e)?this.#s(e):-1}#r(e){let{search:t,statuses:n}=this.wanted;return(0===n.size||n.has(e.status))&&(""===t||e.key.includes(t))}#e(e,t){let n=Ur[this.wanted.by](e,t)||function(e,t){return e.key!==t.key?e.key<t.key?-1:1:e.id<t.id?-1:e.id>t.id?1:0}(e,t);return this.wanted.down?-n:n}#s(e){let t=0,n=this.rows.length;for(;t<n;){let a=t+n>>1;this.#e(this.rows[a],e)<0?t=a+1:n=a}return t}},Hr=[],Kr=0,Gr=Le(0),Yr=Ue(()=>{if(nr.value,Gr.value,!qr.value)return{count:jr.rows.length,at:e=>jr.rows.at(e)};let e=Hr;return{count:e.length,at:t=>tr.all.get(e[t]?.id)??e.at(t)}});function zr(){let{by:e,down:t}=Wr.peek();jr.reset(tr.all.values(),{by:e,down:t,search:Qi(Br.peek().trim()),statuses:Pr.peek()}),Jr()}function Xr(){"person"===Wr.peek().by&&0===Pr.peek().size||(qr.peek()||(Hr=[...jr.rows]),qr.value=!0,clearTimeout(Kr),Kr=setTimeout(Jr,5e3))}function Jr(){clearTimeout(Kr),qr.value=!1,Hr=[]}tr.onChange=(e,t)=>jr.change(e,t),tr.onReset=()=>{zr();let e=[...Vr.peek()].filter(e=>tr.all.has(e));e.length<Vr.peek().size&&(Vr.value=new Set(e)),gr()},Ve(()=>{Br.value,Pr.value,Wr.value,zr(),Gr.value=Gr.peek()+1}),Ve(()=>{La.value,Vr.value=new Set});var Qr=[0,40],Zr=0,es=0,ts=0,ns=null,as=!1;function is(e,t){e===Qr[0]&&t===Qr[1]||(Qr=[e,t],ns?.abort(),es=1/0,rs(Fr))}function rs(e){let t=performance.now()+e;!as||t>=es||(clearTimeout(Zr),es=t,Zr=setTimeout(os,e))}function ss(){let{at:e}=Yr.peek(),t=[];for(let n=Qr[0];n<Math.min(Qr[1],Qr[0]+200);n++){let a=e(n);a&&t.push(a)}return t}async function os(){es=1/0;let e=ss().map(e=>e.id);if(e.length&&"live"===ar.peek()&&!document.hidden){ns?.abort();let t=ns=new AbortController;ts=performance.now();try{$r((await xa.batchGetStatuses({accountId:La.peek(),userIds:e},{signal:t.signal})).userStatuses)}catch(e){if(!(e instanceof Fn))throw e;if(Fa(e))return}if(ns!==t)return;ns=null}let t=mr();rs(ss().some(({nextAt:e})=>void 0!==e&&e-t<1e4)?1e3:4e3)}function ls(){as=!0,es=1/0,rs(Fr);let e=Ve(()=>{Yr.value,"live"===ar.value&&!ns&&ss().some(({checked:e})=>0===e)&&rs(Math.max(Fr,ts+1e3-performance.now()))}),t=Ve(()=>{or.value,rs(Fr)}),n=()=>rs(0);return document.addEventListener("visibilitychange",n),()=>{as=!1,clearTimeout(Zr),ns?.abort(),document.removeEventListener("visibilitychange",n),e(),t()}}function us(){return jr.rows.length>0&&Vr.value.size>0&&jr.rows.every(({id:e})=>Vr.value.has(e))}function cs(){let e=new Set(Vr.value);if(us())for(let{id:t}of jr.rows)e.delete(t);else for(let{id:t}of jr.rows)e.add(t);Vr.value=e}function ds({person:e,index:t,top:n,onSet:a}){let i=vi().board,r=Mi(e.id),s=Vr.value.has(e.id);return Xn`<div
class="row ${s?"selected":""}"
role="row"
aria-rowindex=${t+2}
data-id=${e.id}
style=${{transform:`translateY(${n}px)`}}
>
<div class="cell check" role="gridcell">
${oi("status.write")&&Xn`<input
type="checkbox"
tabindex="-1"
aria-label=${i.select(r)}
checked=${s}
onChange=${()=>function(e){let t=new Set(Vr.value);t.delete(e)||t.add(e),Vr.value=t}(e.id)}
/>`}
</div>
<div class="cell person" role="rowheader">
<a href=${ua("person",e.id)} tabindex="-1"><${qi}>${e.id}<//></a>
</div>
<div class="cell status-cell" role="gridcell"><${xr} status=${e.status} /></div>
<${ps} person=${e} />
<${fs} person=${e} />
<div class="cell next" role="gridcell"><${hs} person=${e} /></div>
<div class="cell act" role="gridcell">
${oi("status.write")&&Xn`<button
type="button"
class="icon-button"
tabindex="-1"
aria-label=${i.set(r)}
title=${i.set(r)}
onClick=${()=>a(e.id)}
>
<${Di} name="pencil" />
</button>`}
</div>
</div>`}function ps({person:e}){let{cause:t,checked:n,lastActivity:a}=e,i=Dr(e,t===Mn.INACTIVITY&&n&&void 0!==a?vr.value-a:void 0);return Xn`<div class="cell why" role="gridcell" title=${i}>${i}</div>`}function fs({person:e}){let t=xi(vr.value-e.since);return Xn`<div class="cell since" role="gridcell">
<time dateTime=${new Date(e.since).toISOString()} title=${Ai(e.since)}>${t}</time>
</div>`}function hs({person:e}){let{next:t,nextAt:n,checked:a}=e,i=vr.value;return t===Ln.UNSPECIFIED||void 0===n||"live"!==ar.value||i-a>1e4?Xn`<span class="hint">–</span>`:Xn`<span class="countdown ${n-i<6e4?"near":""}" title=${Ai(n)}>
${vi().board.nextIn(Ar(t),function(e){let t=Math.max(0,Math.ceil(e/bi)),n=e=>String(e).padStart(2,"0");if(t>=86400)return Ci(e);let a=Math.floor(t/3600),i=Math.floor(t/60)%60;return a?`${a}:${n(i)}:${n(t%60)}`:`${i}:${n(t%60)}`}(n-i))}
</span>`}function ms(e){let t=vi().errors;if(!(e instanceof Fn))throw e;switch(e.code){case"permission_denied":return t.denied;case"deadline_exceeded":return t.timeout;case"resource_exhausted":return t.limit;case"unavailable":return"STORE_UNAVAILABLE"===e.reason?t.store:t.unreachable;default:return t.failed(e.violations[0]?.description??e.message)}}function vs(e){return e instanceof Fn&&"canceled"===e.code}function ys({ids:e,onClose:t}){let n=vi().setStatus,a=Je(e),i=Je(1===e.length&&tr.all.get(e[0])?.status||Ln.ONLINE),r=Je(""),s=Je(-1),o=Je([]),l=se(new AbortController),u=(new TextEncoder).encode(r.value).length>512,c=s.value>=0,d=1===e.length,p=()=>{l.current.abort(),(!c||d)&&t()},f=d?n.title(Ri(e[0])):n.titleMany(a.value.length);return Xn`<${Vi} title=${f} onClose=${p}>
<form onSubmit=${async e=>{if(e.preventDefault(),u||c)return;s.value=0,o.value=[];let{signal:n}=l.current=new AbortController,p=await async function(e,t,n,a,i){let r=La.peek(),s=new Set(e),o=[...e],l=[],u=!1;return await Promise.all(Array.from({length:Math.min(4,e.length)},async()=>{for(let c=o.shift();void 0!==c&&!u&&!a.aborted;c=o.shift()){try{let{userStatus:a}=await _s(()=>xa.setStatus({accountId:r,userId:c,status:t,reason:n}),e.length>1);s.delete(c),a&&$r([a])}catch(e){Fa(e)?u=!0:l.push({id:c,why:ms(e)}),e instanceof Fn&&("unavailable"===e.code||"deadline_exceeded"===e.code)&&(u=!0)}i()}})),{left:[...s],failures:l}}(a.value,i.value,r.value.trim(),n,()=>s.value++);s.value=-1,a.value=p.left,o.value=p.failures,d||(Vr.value=new Set(p.left)),0===p.left.length&&t()}} novalidate>
${d?Xn`<${gs} id=${e[0]} />`:Xn`<${$s} ids=${a.value} />`}
<fieldset class="segments" disabled=${c}>
<legend>${n.status}</legend>
${[Ln.ONLINE,Ln.AWAY,Ln.OFFLINE].map(e=>Xn`<label class="segment" key=${e}>
<input type="radio" name="status" checked=${i.value===e} onChange=${()=>i.value=e} />
<${xr} status=${e} />
</label>`)}
</fieldset>
<div class="field ${u?"wrong":""}">
<label for="reason">${n.reason} <span class="hint">(${n.optional})</span></label>
<input
id="reason"
autocomplete="off"
disabled=${c}
value=${r.value}
aria-describedby="reason-hint"
aria-invalid=${u?"true":null}
onInput=${e=>r.value=e.currentTarget.value}
/>
<p class=${u?"problem":"hint"} id="reason-hint">${u?n.reasonTooLong:n.reasonHint}</p>
</div>
<${bs} failed=${o.value} left=${a.value.length} isOne=${d} />
<div class="dialog-actions">
${c&&!d&&Xn`<span class="hint" role="status">${n.progress(s.value,a.value.length)}</span>`}
<button type="button" onClick=${p}>${c&&!d?n.stop:vi().common.cancel}</button>
<button type="submit" class="primary" disabled=${u||c}>${n.submit}</button>
</div>
</form>
<//>`}function gs({id:e}){nr.value;let t=tr.all.get(e);return t?Xn`<p>${vi().setStatus.now} <${xr} status=${t.status} /> <span class="hint">${Dr(t)}</span></p>`:null}function $s({ids:e}){let t=e.slice(0,5).map((e,t)=>Xn`${t>0&&", "}<bdi key=${e}>${Mi(e)}</bdi>`);return Xn`<p class="hint">${t}${e.length>5&&Xn` ${vi().common.more(e.length-5)}`}</p>`}function bs({failed:e,left:t,isOne:n}){return 0===e.length?null:n?Xn`<${Fi} kind="error">${e[0].why}<//>`:Xn`<${Fi} kind="error">
<p>${vi().setStatus.failed(t)}</p>
<ul class="lines">
${e.slice(0,5).map(({id:e,why:t})=>Xn`<li key=${e}><${qi}>${e}<//>: ${t}</li>`)}
</ul>
${e.length>5&&Xn`<p>${vi().common.more(e.length-5)}</p>`}
<//>`}async function _s(e,t){for(let n=0;;n++)try{return await e()}catch(e){if(!(t&&10!==n&&e instanceof Fn&&"LIMIT_EXCEEDED"===e.reason))throw e;await new Promise(t=>setTimeout(t,Math.min(e.retryAfterMs??1e3,1e4)))}}var ws=[Ln.ONLINE,Ln.AWAY,Ln.OFFLINE];function ks(){let e=vi().board,t=Je(null),n=Je("");ie(ls,[]);let{count:a,at:i}=Yr.value;if("denied"===ar.value)return Xn`<${Bi} isPage title=${vi().errors.denied} />`;let r=!ir.value&&"lost"!==ar.value&&0===a;return Xn`<h1 class="visually-hidden">${e.title}</h1>
<${Tr} />
<div class="board ${rr.value?"stale":""} ${oi("status.write")?"":"read-only"}">
<${Ss} />
<${Ts} onSet=${()=>t.value=[...Vr.value]} />
${r?Xn`<${Pi} />`:Xn`<div
class="rows-frame"
onFocusIn=${e=>{n.value=e.target.closest("[data-id]")?.dataset.id??"",e.target.matches(":focus-visible")&&Xr()}}
onFocusOut=${()=>n.value=""}
onKeyDown=${Xr}
onPointerMove=${Xr}
onPointerLeave=${Jr}
>
<${Rr}
count=${a}
row=${e=>{let n=i(e);return n?Xn`<${ds}
key=${n.id}
person=${n}
index=${e}
top=${e*Lr.value}
onSet=${e=>t.value=[e]}
/>`:null}}
head=${Xn`<${Es} />`}
label=${e.title}
kept=${n.value?function(e){if(qr.peek())return Hr.findIndex(t=>t.id===e);let t=tr.all.get(e);return t?jr.indexOf(t):-1}(n.value):-1}
top=${`${Br.value} ${[...Pr.value]} ${Object.values(Wr.value)}`}
onRange=${is}
/>
</div>`}
${!r&&0===a&&Xn`<${As} />`}
</div>
${t.value&&Xn`<${ys} ids=${t.value} onClose=${()=>t.value=null} />`}`}function Ss(){let e=vi().board;nr.value;let{counts:t}=tr,n=Pr.value;return Xn`<div class="tools">
<div class="search">
<${Di} name="search" />
<input
type="search"
aria-label=${e.search}
placeholder=${e.search}
value=${Br.value}
onInput=${e=>Br.value=e.currentTarget.value}
/>
</div>
<div class="chips" role="group" aria-label=${e.filter}>
<button
type="button"
class="chip"
aria-pressed=${0===n.size?"true":"false"}
onClick=${()=>Pr.value=new Set}
>
<span>${e.all}</span> <${Ns} n=${tr.all.size} />
</button>
${ws.map(e=>Xn`<button
type="button"
key=${e}
class="chip"
aria-pressed=${n.has(e)?"true":"false"}
onClick=${()=>function(e){let t=new Set(Pr.value);t.delete(e)||t.add(e),Pr.value=3===t.size?new Set:t}(e)}
>
<${Cr} status=${e} /><span>${Ar(e)}</span>
<${Ns} n=${t[e]} />
</button>`)}
</div>
${qr.value&&Xn`<p class="hint end">${e.held}</p>`}
</div>`}function Ns({n:e}){return Xn`<span class="count">${ir.value||e?yi(e):"–"}</span>`}function Ts({onSet:e}){let t=vi().board,n=Vr.value.size;return 0!==n&&oi("status.write")?Xn`<div class="selection" role="status">
<span>${t.selected(n)}</span>
<button type="button" class="primary" onClick=${e}>${t.setSelected}</button>
<button type="button" class="quiet" onClick=${()=>Vr.value=new Set}>${t.clear}</button>
</div>`:null}function Es(){let e=vi().board;return Yr.value,Xn`<div class="rows-head" role="rowgroup">
<div class="row" role="row" aria-rowindex="1">
<div class="cell check" role="columnheader">
${oi("status.write")?Xn`<input type="checkbox" aria-label=${e.selectAll} checked=${us()} onChange=${cs} />`:Xn`<span class="visually-hidden">${e.selectAll}</span>`}
</div>
<${Is} by="person" name=${e.person} />
<${Is} by="status" name=${e.status} />
<div class="cell why" role="columnheader">${e.cause}</div>
<${Is} by="since" name=${e.since} />
<div class="cell next" role="columnheader">${e.next}</div>
<div class="cell act" role="columnheader"><span class="visually-hidden">${e.setSelected}</span></div>
</div>
</div>`}function Is({by:e,name:t}){let{by:n,down:a}=Wr.value,i=n===e;return Xn`<div class="cell ${e}" role="columnheader" aria-sort=${i?a?"descending":"ascending":"none"}>
<button type="button" class="sorter" onClick=${()=>function(e){let{by:t,down:n}=Wr.value;Wr.value={by:e,down:t===e?!n:"since"===e}}(e)}>
${t}${i&&Xn`<${Di} name=${a?"down":"up"} />`}
</button>
</div>`}function As(){let e=vi().board;return 0===tr.all.size?"live"===ar.value?Xn`<${Bi} title=${e.empty} hint=${e.emptyHint} />`:null:Xn`<${Bi} title=${e.noMatch}><button type="button" onClick=${()=>{Br.value="",Pr.value=new Set}}>${e.showAll}</button><//>`}function Cs(e){let t=/^[=+\-@\t\r]/.test(e)?`'${e}`:e;return/[",\r\n]/.test(t)?`"${t.replaceAll('"','""')}"`:t}var xs=2e4;async function Ls({accountId:e,userId:t,start:n,end:a,signal:i,most:r=xs},s=xa){let o=[],l="";do{let r={startTime:Gn(n),endTime:void 0===a?void 0:Gn(a)},u=await s.listStatusChanges({accountId:e,userId:t,...r,pageSize:1e3,pageToken:l},{signal:i});for(let e of u.changes)o.push({id:e.userId,revision:e.revision,from:e.previousStatus,to:e.status,cause:e.cause,actor:e.actor,reason:e.reason,at:Kn(e.effectiveTime)??0});l=u.nextPageToken}while(l&&o.length<r);return{changes:o.sort(Ms),isCapped:""!==l}}function Ms(e,t){return t.at-e.at||Number(t.revision-e.revision)}var Rs=class{constructor(e,t,n){this.wanted=e,this.calls=n,this.changes=[],this.from=e.end??t,this.until=e.end,this.isCut=!1,this.sliceMs=e.userId?Math.max(1,this.from-e.start):6e4}get isComplete(){return this.from<=this.wanted.start}async more(e,t){let n=this.changes.length;for(;!this.isComplete&&!t(this.changes)&&this.changes.length-n<xs;){let t=Math.max(this.wanted.start,this.from-this.sliceMs),n=this.from-t<=1,a=n?xs:4e3,i=await Ls({...this.wanted,start:t,end:this.until,signal:e,most:a},this.calls);!i.isCapped||n?(this.isCut||=i.isCapped,this.changes.push(...i.changes),this.from=this.until=t,i.changes.length<400&&(this.sliceMs*=8)):this.sliceMs=Math.max(1,Math.floor((this.from-t)/8))}}},Os=["hour","today","yesterday","7","30","days"];function Ds(e,t,n,a){switch(e){case"hour":return{start:a-36e5,end:void 0};case"today":return{start:Fs(new Date(a),0),end:void 0};case"yesterday":return{start:Fs(new Date(a),-1),end:Fs(new Date(a),0)};case"days":{let[e,a]=[Fs(Us(t),0),Fs(Us(n||t),1)];return e<a?{start:e,end:a}:null}default:return{start:Fs(new Date(a),1-Number(e)),end:void 0}}}function Us(e){let[t,n,a]=e.split("-").map(Number);return new Date(t,n-1,a)}function Fs(e,t){return new Date(e.getFullYear(),e.getMonth(),e.getDate()+t).getTime()}var Bs=[["MANUAL",Mn.MANUAL],["INACTIVITY",Mn.INACTIVITY],["ACTIVITY",Mn.ACTIVITY]];function Ps(){let e=vi().history,t=Je(""),n=Je("today"),a=Je(function(e){let t=new Date(e),n=e=>String(e).padStart(2,"0");return`${t.getFullYear()}-${n(t.getMonth()+1)}-${n(t.getDate())}`}(Date.now())),i=Je(a.value),r=Je(0),s=Je(0),o=Je(null),l=Je(0),u=Je(""),c=Je(null),d=e=>!r.value||e.cause===r.value,p=async(e,t)=>{let n=e.changes.filter(d).length+500;c.value=t,u.value="";try{await e.more(t.signal,e=>e.filter(d).length>=n),o.value=e}catch(e){if(vs(e)||Fa(e))return;u.value=ms(e)}c.value===t&&(c.value=null)},f=Ds(n.value,a.value,i.value,Date.now());ie(()=>{let e=new AbortController,r=setTimeout(()=>{let r=Date.now(),s=Ds(n.value,a.value,i.value,r);o.value=null,l.value=r,s&&p(new Rs({accountId:La.peek(),userId:t.value.trim(),...s},r),e)},t.value?400:0);return()=>{clearTimeout(r),e.abort(),c.value?.abort()}},[t.value,n.value,a.value,i.value,r.value,s.value]);let h=o.value,m=h?.changes.filter(d)??[],v=Qi(t.value.trim()),y=v?[...tr.all.values()].filter(e=>e.key.includes(v)).slice(0,20):[];return Xn`<h1>${e.title}</h1>
<div class="tools">
<label class="labelled"
>${e.person}
<input
type="search"
list="people"
maxlength="128"
placeholder=${e.anybody}
value=${t.value}
onInput=${e=>t.value=e.currentTarget.value}
/>
<datalist id="people">${y.map(({id:e})=>Xn`<option key=${e} value=${e}></option>`)}</datalist>
</label>
<label class="labelled"
>${e.range}
<select onChange=${e=>n.value=e.currentTarget.value}>
${Os.map(t=>Xn`<option value=${t} selected=${t===n.value}>${e.ranges[t]}</option>`)}
</select></label
>
${"days"===n.value&&[[e.firstDay,a],[e.lastDay,i]].map(([e,t])=>Xn`<label class="labelled" key=${e}
>${e}
<input type="date" value=${t.value} onChange=${e=>t.value=e.currentTarget.value}
/></label>`)}
<label class="labelled"
>${e.cause}
<select onChange=${e=>r.value=Number(e.currentTarget.value)}>
<option value="0">${e.anyCause}</option>
${Bs.map(([e,t])=>Xn`<option value=${t}>${vi().cause.names[e]}</option>`)}
</select></label
>
<button type="button" onClick=${()=>s.value++}>${e.refresh}</button>
${m.length>0&&Xn`<button type="button" onClick=${()=>function(e,t){let n=document.createElement("a");n.href=URL.createObjectURL(new Blob(["\ufeff",t],{type:"text/csv;charset=utf-8"})),n.download=e,n.click(),setTimeout(()=>URL.revokeObjectURL(n.href),6e4)}(`${La.value}.csv`,function(e){return["effective_time,user_id,previous_status,status,cause,actor,reason",...e.map(({at:e,id:t,from:n,to:a,cause:i,actor:r,reason:s})=>[new Date(e).toISOString(),t,Ln[n],Ln[a],Mn[i],r,s].map(Cs).join(",")),""].join("\r\n")}(m))}>${e.download}</button>`}
<p class="hint end" role="status">
${h?`${e.shown(m.length)} · ${e.readAt(Ii(l.value))}`:vi().common.loading}
${" "}· ${vi().common.zone(Ni)}
</p>
</div>
${!f&&Xn`<${Fi} kind="warn">${e.noDays}<//>`}
${u.value&&Xn`<${Fi}
kind="error"
actions=${Xn`<button type="button" onClick=${()=>s.value++}>${vi().common.retry}</button>`}
>${u.value}<//
>`}
${h?.isCut&&Xn`<${Fi} kind="warn">${e.cut}<//>`}
${h&&m.length>0&&Xn`<${Ws} changes=${m} top=${l.value} />`}
${h&&0===m.length&&Xn`<${Bi} title=${e.empty} hint=${t.value?e.wholeName:e.kept} />`}
${!h&&f&&!u.value&&Xn`<${Pi} />`}
${h&&!h.isComplete&&Xn`<p class="older">
<button type="button" disabled=${null!==c.value} onClick=${()=>p(h,new AbortController)}>
${c.value?vi().common.loading:e.older}
</button>
<span class="hint">${e.readFrom(Ii(h.from))}</span>
</p>`}`}function Ws({changes:e,top:t}){let n=vi().history,a=Xn`<div class="rows-head" role="rowgroup">
<div class="row change" role="row" aria-rowindex="1">
<div class="cell time" role="columnheader">${n.time}</div>
<div class="cell person" role="columnheader">${n.person}</div>
<div class="cell what" role="columnheader">${n.change}</div>
<div class="cell why" role="columnheader">${n.why}</div>
</div>
</div>`;return Xn`<${Rr}
count=${e.length}
row=${t=>{let n=e[t];return Xn`<div
class="row change"
role="row"
key=${String(n.revision)}
aria-rowindex=${t+2}
style=${{transform:`translateY(${t*Lr.value}px)`}}
>
<div class="cell time" role="gridcell"><${Wi} ms=${n.at} /></div>
<div class="cell person" role="rowheader"><a tabindex="-1" href=${ua("person",n.id)}><${qi}>${n.id}<//></a></div>
<div class="cell what" role="gridcell"><${Vs} change=${n} /></div>
<div class="cell why" role="gridcell" title=${Dr(n)}>${Dr(n)}</div>
</div>`}}
head=${a}
label=${n.title}
top=${t}
/>`}function Vs({change:e}){let t=vi().history;return Xn`<span class="from-to">
<span class="visually-hidden">${t.from}</span><${xr} status=${e.from} />
<span aria-hidden="true" class="arrow">→</span><span class="visually-hidden">${t.to}</span>
<${xr} status=${e.to} />
</span>`}var qs=[10,30,60,120,240,720,1440],js={[Ln.ONLINE]:1,[Ln.AWAY]:2/3,[Ln.OFFLINE]:1/3};function Hs({parts:e,start:t,end:n}){let a=e=>(e-t)/(n-t)*1e3,i=function(e){let t=new Map;for(let{status:n,from:a,to:i}of e)t.set(n,(t.get(n)??0)+i-a);return[...t].sort(([e],[t])=>e-t)}(e),r=vi().person.bar(i.map(([e,t])=>`${Ar(e)} ${Ci(t)}`).join(", "));return Xn`<div class="timeline">
<svg viewBox="0 0 ${1e3} ${28}" preserveAspectRatio="none" role="img" aria-label=${r}>
${e.map(({status:e,from:t,to:n})=>Xn`<rect
key=${t}
class="part ${Ir(e).toLowerCase()}"
x=${a(t)}
width=${Math.max(.5,a(n)-a(t))}
y=${28*(1-js[e])}
height=${28*js[e]}
>
<title>${`${Ar(e)}: ${Ii(t)} – ${Ii(n)}`}</title>
</rect>`)}
</svg>
<div class="marks" aria-hidden="true">
${function(e,t){let n=qs.find(n=>(t-e)/6e4/n<=8)??1440,a=[],i=new Date(e);i.setHours(0,0,0,0);let[r,s,o]=[i.getFullYear(),i.getMonth(),i.getDate()];for(let i=0;;i+=n){let n=new Date(r,s,o,0,i).getTime();if(n>=t)return a;n>=e&&n!==a.at(-1)&&a.push(n)}}(t,n-(n-t)/20).map(e=>Xn`<span key=${e} style=${{left:a(e)/10+"%"}}>${function(e,t){return t>2*ki?Ei("mark day",{weekday:"short",day:"numeric"}).format(e):Ei("mark",{hour:"2-digit",minute:"2-digit",hourCycle:"h23"}).format(e)}(e,n-t)}</span>`)}
</div>
</div>
<ul class="sums">
${i.map(([e,t])=>Xn`<li key=${e}><${xr} status=${e} /> ${Ci(t)}</li>`)}
</ul>`}var Ks=[8,24,168];function Gs({id:e}){let t=vi().person,n=Je(!1);nr.value;let a=tr.all.get(e),i="live"===ar.value;ie(()=>{if(!i)return;let t=new AbortController,n=async()=>{if(!document.hidden)try{let{userStatus:n}=await xa.getStatus({accountId:La.peek(),userId:e},{signal:t.signal});n&&$r([n])}catch(e){if(!(e instanceof Fn))throw e;Fa(e)}};n();let a=setInterval(n,4e3);return document.addEventListener("visibilitychange",n),()=>{clearInterval(a),document.removeEventListener("visibilitychange",n),t.abort()}},[e,a?.revision,i]);let r=Xn`<p class="crumbs"><a href=${ua("board")}><${Di} name="back" />${t.back}</a></p>`;return"denied"===ar.value?Xn`${r}<${Bi} isPage title=${vi().errors.denied} />`:a?Xn`${r}<${Tr} />
<div class=${rr.value?"stale":""}>
<div class="person-head">
<h1><${qi}>${e}<//></h1>
<${xr} status=${a.status} large />
${oi("status.write",e)&&Xn`<button type="button" onClick=${()=>n.value=!0}>${vi().board.setSelected}</button>`}
</div>
<${Ys} person=${a} />
<${zs} id=${e} person=${a} />
</div>
${n.value&&Xn`<${ys} ids=${[e]} onClose=${()=>n.value=!1} />`}`:Xn`${r}<${Tr} />
${ir.value?Xn`<${Bi} isPage title=${t.unknown(Ri(e))} />`:Xn`<${Pi} />`}`}function Ys({person:e}){let t=vi().person,n=vr.value,{lastActivity:a}=e,i=e=>Xn`<${Wi} ms=${e} now=${n} /> <span class="hint">(${xi(n-e)})</span>`,r=e.next!==Ln.UNSPECIFIED&&void 0!==e.nextAt;return Xn`<dl class="facts card">
<div class="whole">
<dt>${t.why}</dt>
<dd>${Dr(e,e.checked&&void 0!==a?n-a:void 0)}</dd>
</div>
<div><dt>${t.since}</dt><dd>${i(e.since)}</dd></div>
<div><dt>${t.last}</dt><dd>${void 0===a?t.never:i(a)}</dd></div>
<div><dt>${t.next}</dt><dd>${r?Xn`<${hs} person=${e} />`:t.none}</dd></div>
</dl>`}function zs({id:e,person:t}){let n=vi().person,a=Je(24),i=Je(0),r=Je(null),s=Je(""),o=vr.value,l=i.value||o,u=a.value*wi,c=l-u,d="live"===ar.value;ie(()=>{if(!d)return;let t=new AbortController;return Ls({accountId:La.peek(),userId:e,start:c,signal:t.signal}).then(e=>{r.value={...e,start:c},s.value=""},e=>{!vs(e)&&!Fa(e)&&(s.value=ms(e))}),()=>t.abort()},[e,u,i.value,t.revision,d]);let{changes:p=[],isCapped:f=!1}=r.value??{},h=null!==r.value&&r.value.start<=c,m=e=>i.value=e<vr.peek()?e:0;return Xn`<section class="card">
<div class="section-head">
<h2>${n.timeline}</h2>
<div class="steps">
<button type="button" onClick=${()=>m(c)}>${n.earlier}</button>
<button type="button" disabled=${!i.value} onClick=${()=>m(l+u)}>${n.later}</button>
<label
><span class="visually-hidden">${n.range}</span>
<select onChange=${e=>a.value=Number(e.currentTarget.value)}>
${Ks.map(e=>Xn`<option value=${e} selected=${e===a.value}>${n.ranges[e]}</option>`)}
</select></label
>
</div>
</div>
${i.value>0&&Xn`<p role="status">${Ii(c,o)} – ${Ii(l,o)}</p>`}
${s.value&&Xn`<${Fi} kind="error">${s.value}<//>`}
${f?Xn`<${Fi} kind="warn">${n.capped}<//>`:h?Xn`<${Hs} parts=${function(e,t,n,a){let i=[],r=(e,t,r)=>{let s=i.at(-1);t=Math.max(t,n),r=Math.min(r,a),!(e===Ln.UNSPECIFIED||r<=t)&&(s&&s.status===e&&s.from===r?s.from=t:i.push({status:e,from:t,to:r}))},s=1/0;for(let t of e)r(t.to,t.at,s),s=t.at;let o=e.at(-1);return o?r(o.from,-1/0,s):r(t.status,t.since,s),i.reverse()}(p,t,c,l)} start=${c} end=${l} />
<${Xs} changes=${p.filter(({at:e})=>e>=c&&e<l)} key=${`${u} ${i.value}`} />`:!s.value&&Xn`<${Pi} />`}
</section>`}function Xs({changes:e}){let t=vi().person,n=Je(100);return 0===e.length?Xn`<p class="hint">${t.noChanges}</p>`:Xn`<table class="plain stacked">
<caption class="visually-hidden">${t.changes}</caption>
<thead>
<tr>
<th scope="col">${vi().history.time}</th>
<th scope="col">${vi().history.change}</th>
<th scope="col">${vi().history.why}</th>
</tr>
</thead>
<tbody>
${e.slice(0,n.value).map(e=>Xn`<tr key=${String(e.revision)}>
<td><${Wi} ms=${e.at} /></td>
<td><${Vs} change=${e} /></td>
<td class="breaks">${Dr(e)}</td>
</tr>`)}
</tbody>
</table>
${e.length>n.value&&Xn`<button type="button" class="quiet" onClick=${()=>n.value+=100}>${vi().common.more(e.length-n.value)}</button>`}
<p class="hint">${vi().common.zone(Ni)}</p>`}function Js({id:e}){let t=vi(),n=Je(!1),a=Je(!1),i=Je("");nr.value;let r=tr.all.get(e);ie(()=>{let t=async()=>{if(!document.hidden)try{let{userStatus:t}=await xa.getStatus({accountId:La.peek(),userId:e});t&&$r([t]),i.value="",a.value=!1}catch(e){if(!(e instanceof Fn))throw e;if(Fa(e))return;a.value="not_found"===e.code,i.value=a.value?"":ms(e)}};t();let n=setInterval(t,4e3);return document.addEventListener("visibilitychange",t),()=>{clearInterval(n),document.removeEventListener("visibilitychange",t)}},[e]);let s=oi("status.write",e)&&Xn`<button type="button" onClick=${()=>n.value=!0}>${t.board.setSelected}</button>`;return Xn`${i.value&&Xn`<${Fi} kind="error">${i.value}<//>`}
${r?Xn`<div class=${i.value?"stale":""}>
<div class="person-head">
<h1><${qi}>${e}<//></h1>
<${xr} status=${r.status} large />
${s}
</div>
<${Ys} person=${r} />
<${zs} id=${e} person=${r} />
</div>`:a.value?Xn`<${Bi} isPage title=${t.person.unseenYet}>${s}<//>`:!i.value&&Xn`<${Pi} />`}
${n.value&&Xn`<${ys} ids=${[e]} onClose=${()=>n.value=!1} />`}`}function Qs(){let e=vi().signIn,t=Je(!1),n=se(null);ie(()=>{document.title=`${e.title} · onduty`,n.current?.focus()},[]);let a=async e=>{t.value=!0,await e(),t.value=!1},i=ha.value?.issuer;return Xn`<main class="alone">
<div class="card narrow">
<${Ui} />
<h1 ref=${n} tabindex="-1">${e.title}</h1>
${ka.value&&Xn`<${Fi} kind="warn">
<p>${e.why[ka.value]}</p>
${Sa.value&&Xn`<p class="hint"><${qi}>${Sa.value}<//></p>`}
<//>`}
${i&&Xn`<button type="button" class="primary wide" disabled=${t.value} onClick=${()=>a(Da)}>
${e.at(new URL(i).host)}
</button>
<p class="hint">${e.atHint}</p>`}
${i?Xn`<details open=${"refused"===ka.value}>
<summary>${e.byToken}</summary>
<${Zs} isBusy=${t.value} busily=${a} kind="" />
</details>`:Xn`<${Zs} isBusy=${t.value} busily=${a} kind="primary" />`}
<${$i} />
</div>
</main>`}function Zs({isBusy:e,busily:t,kind:n}){let a=vi().signIn,i=Je("");return Xn`<form class="token-form" onSubmit=${async e=>{e.preventDefault();let n=new FormData(e.currentTarget).get("token")?.toString().trim()??"";i.value=n?"":a.empty,n&&await t(()=>async function(e){Ga(),Ka(e),await Oa(),"signed-out"===wa.value&&(ka.value="refused")}(n))}} novalidate>
<div class="field ${i.value?"wrong":""}">
<label for="token">${a.token}</label>
<input
id="token"
name="token"
type="password"
autocomplete="off"
spellcheck=${!1}
aria-describedby="token-hint"
aria-invalid=${i.value?"true":null}
/>
<p class=${i.value?"problem":"hint"} id="token-hint" role=${i.value?"alert":null}>
${i.value||a.hint}
</p>
</div>
<button type="submit" class="${n} wide" disabled=${e}>${a.submit}</button>
</form>`}var eo={s:1e3,min:6e4,h:36e5,d:864e5},to=["d","h","min","s"],no=eo.s,ao=30*eo.d,io={text:"10",unit:"min"},ro={text:"30",unit:"min"},so=["enabled","away_after","offline_after","resume","keep_manual_away"];function oo(e){return{enabled:e.enabled??!1,awayAfter:ho(Kn(e.awayAfter)),offlineAfter:ho(Kn(e.offlineAfter)),resume:e.resume||Rn.FROM_AWAY,keepManualAway:e.keepManualAway??!1}}function lo(e,t,n){let{enabled:a,awayAfter:i,offlineAfter:r,resume:s,keepManualAway:o}=t;return{accountId:e,enabled:a,resume:s,keepManualAway:o,etag:n,awayAfter:i?Yn(fo(i)):void 0,offlineAfter:r?Yn(fo(r)):void 0}}function uo(e){let t={};for(let n of["awayAfter","offlineAfter"]){let a=e[n];if(!a)continue;let i=fo(a);void 0===i?t[n]="number":(i<no||i>ao)&&(t[n]="range")}if(!t.awayAfter&&!t.offlineAfter&&e.awayAfter&&e.offlineAfter){let[n,a]=[fo(e.awayAfter),fo(e.offlineAfter)];a<=n&&(t.offlineAfter="order")}return e.enabled&&!e.awayAfter&&!e.offlineAfter&&(t.enabled="none"),t}function co(e,t){return e.enabled===t.enabled&&e.resume===t.resume&&e.keepManualAway===t.keepManualAway&&po(e.awayAfter,t.awayAfter)&&po(e.offlineAfter,t.offlineAfter)}function po(e,t){if(!e||!t)return e===t;let[n,a]=[fo(e),fo(t)];return n===a&&(void 0!==n||e.text===t.text)}function fo({text:e,unit:t}){let[,n,a=""]=/^(\d+)(?:[.,](\d+))?$/.exec(e.trim())??[];if(void 0!==n&&(3!==a.length||"0"===n))return Math.round(+`${n}.${a}`*eo[t])}function ho(e){if(void 0===e)return null;let t=to.find(t=>e%eo[t]===0)??"s";return{text:(e/eo[t]).toLocaleString(hi.value,{useGrouping:!1}).replace(/[.,]\d{3}$/,"$&0"),unit:t}}function mo({offlineAfter:e}){let t=e?fo(e):void 0;return void 0===t||t>fo(io)?io:ho(Math.max(no,Math.floor(t/3/no)*no))}function vo({awayAfter:e}){let t=e?fo(e):void 0;return void 0===t||t<fo(ro)?ro:ho(Math.min(ao,3*t))}var yo=["s","min","h","d"];function go({draft:e,faults:t,refused:n={},onChange:a,disabled:i=!1}){let r=vi().workflows,s=se(null),o=se("");ie(()=>{o.current&&s.current?.querySelector(o.current)?.focus(),o.current=""});let l=e=>{let a=t[e];return a?r.invalid[a]:n[e]},u=[["awayAfter",r.awayAfter,r.addAway,r.removeAway,mo],["offlineAfter",r.offlineAfter,r.addOffline,r.removeOffline,vo]],c=(e,t)=>{o.current=t?`.${e} input`:`.add-${e}`,a({[e]:t})};return Xn`<div class="periods" ref=${s}>
${u.map(([t,n,,r])=>{let s=e[t];return s&&Xn`<${$o}
key=${t}
name=${t}
label=${n}
period=${s}
onChange=${e=>a({[t]:e})}
removeLabel=${r}
onRemove=${()=>c(t,null)}
problem=${l(t)}
disabled=${i}
/>`})}
${e.awayAfter&&e.offlineAfter&&Xn`<p class="hint">${r.bothStart}</p>`}
${l("enabled")&&Xn`<p class="problem" role="alert">${l("enabled")}</p>`}
${!i&&Xn`<div class="adders">
${u.map(([t,,n,,a])=>!e[t]&&Xn`<button type="button" key=${t} class="quiet add-${t}" onClick=${()=>c(t,a(e))}>
<${Di} name="plus" />${n}
</button>`)}
</div>`}
</div>`}function $o({name:e,label:t,period:n,onChange:a,removeLabel:i,onRemove:r,problem:s,disabled:o}){let l=le();return Xn`<div class="field ${e} ${s?"wrong":""}">
<label for=${l}>${t}</label>
<div class="field-row">
<input
id=${l}
class="short"
inputmode="decimal"
autocomplete="off"
value=${n.text}
disabled=${o}
aria-invalid=${s?"true":null}
aria-describedby=${s?`${l}-problem`:null}
onInput=${e=>a({...n,text:e.currentTarget.value})}
/>
<select
aria-label=${vi().workflows.unit(t)}
value=${n.unit}
disabled=${o}
onChange=${e=>a({...n,unit:e.currentTarget.value})}
>
${yo.map(e=>Xn`<option value=${e} selected=${e===n.unit}>${vi().longUnits[e]}</option>`)}
</select>
${!o&&Xn`<button type="button" class="icon-button" aria-label=${i} title=${i} onClick=${r}>
<${Di} name="cross" />
</button>`}
</div>
${s&&Xn`<p class="problem" id=${`${l}-problem`} role="alert">${s}</p>`}
</div>`}var bo=1048576,_o=[",",";","\t","|"];function wo(e=""){return/^\d{9,10}(\.\d+)?$/.test(e)?On.EPOCH_S:/^\d{12,13}$/.test(e)?On.EPOCH_MS:On.RFC3339}var ko=["enabled","awayAfter","offlineAfter","resume","keepManualAway"];function So(e,t){let n=vi().workflows;switch(t){case"enabled":return e?.enabled?n.on:n.off;case"awayAfter":case"offlineAfter":{let a=ho(Kn(e?.[t]));return a?`${a.text} ${vi().units[a.unit]}`:n.never}case"resume":return n.resumes[e?.resume||1];default:return e?.keepManualAway?n.yes:n.no}}function No({before:e,after:t}){let n=vi().workflows;return Xn`<ul class="lines">
${ko.map(a=>{let[i,r]=[So(e,a),So(t,a)];return i===r?null:Xn`<li key=${a}>${n.fields[a]}: ${i} → ${r}</li>`})}
</ul>`}var{ONLINE:To,AWAY:Eo,OFFLINE:Io}=Ln,Ao=[[To,Eo],[To,Io],[Eo,Io]],Co=[[Eo,To],[Io,To]];function xo({summary:e,name:t}){let n=vi().whatIf,[a,i]=[Kn(e.firstActivityTime),Kn(e.lastActivityTime)];return Xn`<p>${Ri(t)}: ${n.read(Number(e.users),Number(e.activities))}</p>
${void 0!==a&&void 0!==i&&Xn`<p class="hint">${Ii(a)} – ${Ii(i)} (${Ci(i-a)}) · ${vi().common.zone(Ni)}</p>`}`}function Lo({title:e,settings:t,summary:n,largest:a}){let i=vi().whatIf,r=vi().workflows.fields,s=n.timeInStatus.map(e=>({status:e.status,ms:Kn(e.duration)??0})),o=s.reduce((e,t)=>e+t.ms,0),[l,u]=[Number(n.activeSoonAfterAway),Ro(n,[[To,Eo]])],[c,d]=[Number(n.ignoredActivities),Number(n.activities)],p=(e,t,i="")=>{let r=Ro(n,t);return Xn`<${Mo} label=${e} share=${r/a} kind=${i} value=${yi(r)} />`},f=(e,t)=>Xn`
${p(Xn`<strong>${e}</strong>`,t)}
${t.map(([e,t])=>p(`${Ar(e)} → ${Ar(t)}`,[[e,t]],Ir(t)))}
`;return Xn`<section class="card" aria-label=${e}>
<h2>${e}</h2>
<p class="hint">
${["awayAfter","offlineAfter","resume"].map(e=>`${r[e]}: ${So(t,e)}`).join(" · ")}
</p>
<h3>${i.time}</h3>
<dl class="bars">
${s.map(({status:e,ms:t})=>Xn`<${Mo}
key=${e}
label=${Xn`<${xr} status=${e} />`}
share=${o?t/o:0}
kind=${Ir(e)}
value=${Oo(t,o)}
/>`)}
</dl>
<h3>${i.switches}</h3>
<dl class="bars">${f(i.demoted,Ao)} ${f(i.resumed,Co)}</dl>
${d>0&&Xn`<p>${i.ignored(c,d,Oo(c,d))}</p>`}
<${Fi} kind=${u&&l/u>.1?"warn":"info"}>
<p><strong>${i.soon(l,u,Oo(l,u))}</strong></p>
<//>
</section>`}function Mo({label:e,share:t,value:n,kind:a=""}){return Xn`<div class="bar-row">
<dt>${e}</dt>
<dd>
<svg viewBox="0 0 100 16" preserveAspectRatio="none" aria-hidden="true">
<rect class="part ${a.toLowerCase()}" width=${100*t} height="16" />
</svg>
</dd>
<dd class="value">${n}</dd>
</div>`}function Ro(e,t){return e?.switches.filter(e=>t.some(([t,n])=>e.previousStatus===t&&e.status===n))?.reduce((e,t)=>e+Number(t.count),0)??0}function Oo(e,t){return(t?e/t:0).toLocaleString(hi.value,{style:"percent",minimumFractionDigits:1,maximumFractionDigits:1})}var Do="activity_time",Uo="user_id",Fo={enabled:!0,awayAfter:io,offlineAfter:ro,resume:1,keepManualAway:!1};function Bo(){let e=vi().whatIf,t=Je(Fo),n=Je(null),a=Je({time:"",user:"",format:On.RFC3339}),i=Je(""),r=Je(""),s=Je([]),o=Je(null),l=uo(t.value),u=!n.value?.columns.length||""!==a.value.time&&""!==a.value.user,c=null!==n.value&&u&&0===Object.keys(l).length&&!i.value;ie(()=>(xa.getWorkflow({accountId:La.peek()}).then(({workflow:e})=>{let n=e&&oo(e);n&&(n.awayAfter||n.offlineAfter)&&t.peek()===Fo&&(t.value={...n,enabled:!0})},Fa),()=>o.peek()?.abort()),[]);let d=e=>{t.value={...t.value,...e}},p=async t=>{if(n.value=null,r.value="",t){i.value="packing";try{let i=await async function(e){if(e.size>33554432)return null;let[t,n]=new Uint8Array(await e.slice(0,2).arrayBuffer()),a=31===t&&139===n,i=a?e:new Response(e.stream().pipeThrough(new CompressionStream("gzip"))),r=new Uint8Array(await i.arrayBuffer()),[s,o]=function(e){let[t="",n=""]=e.replace(/^\ufeff/,"").split(/\r?\n/,2),a=_o.reduce((e,n)=>t.split(n).length>t.split(e).length?n:e),[i,r]=[t,n].map(e=>e.split(a).map(e=>e.trim().replace(/^"(.*)"$/,"$1")));return i.length>1&&!t.includes("\0")?[i,r]:[[],[]]}(await async function(e,t){let n=(t?e.stream().pipeThrough(new DecompressionStream("gzip")):e.stream()).getReader();try{return(new TextDecoder).decode((await n.read()).value)}catch{return""}finally{n.cancel().catch(()=>{})}}(e,a));return{name:e.name,bytes:r,columns:s,sample:o}}(t);if(i){let[e,t]=[Do,Uo].map(e=>i.columns.includes(e)?e:"");a.value={time:e,user:t,format:wo(i.sample[i.columns.indexOf(e)])},n.value=i}else r.value=e.tooLong}catch{r.value=e.unreadable}i.value=""}},f=e=>{e.preventDefault();let t=document.getElementById("log");"drop"!==e.type||i.value||!e.dataTransfer?.files.length||(t.files=e.dataTransfer.files,p(t.files[0]))},h=(e,t)=>{a.value={...a.value,[e]:t};let{columns:i=[],sample:r=[]}=n.value??{};"time"===e&&(a.value.format=wo(r[i.indexOf(t)]))},m=(e,t,n)=>{let{time:i,user:r,format:s}=a.value,o={log:e.bytes,timeColumn:i,userColumn:r,timeFormat:s},l=lo("",t,"");return xa.simulate({accountId:La.peek(),workflow:l,...o},{signal:n,timeoutMs:12e4})},[v]=s.value,y=Math.max(...s.value.map(({answer:e})=>function(e){let t=[Ao,Co].map(t=>Ro(e,t));return Math.max(1,...t)}(e.summary)));return Xn`<h1>${e.title}</h1>
<p class="hint">${e.intro}</p>
<form class="card" onSubmit=${async a=>{if(a.preventDefault(),!c||!n.value)return;r.value="",s.value=[];let{signal:l}=o.value=new AbortController;i.value="computing";try{let a=t.value,i=await m(n.value,a,l);s.value=[{title:e.tried,settings:lo("",a,""),answer:i}];let{workflow:r}=await xa.getWorkflow({accountId:La.peek()},{signal:l}),o={...oo(r),enabled:!0};if((o.awayAfter||o.offlineAfter)&&!co(o,a)){let t=await m(n.value,o,l);s.value=[...s.value,{title:e.inForce,settings:r,answer:t}]}}catch(e){!vs(e)&&!Fa(e)&&(r.value=function(e,t){let n=vi().whatIf;return t.bytes.length>bo&&e instanceof Fn&&["unavailable","resource_exhausted"].includes(e.code)?n.large:e instanceof Fn&&"invalid_argument"===e.code?n.badLog(e.violations[0]?.description??e.message):ms(e)}(e,n.value))}i.value=""}} novalidate>
<div class="drop" onDragOver=${f} onDrop=${f}>
<label for="log"><strong>${e.log}</strong></label>
<input
id="log"
type="file"
aria-describedby="log-hint"
disabled=${""!==i.value}
onChange=${e=>p(e.currentTarget.files[0])}
/>
<p class="hint" id="log-hint">${e.logHint}</p>
${n.value&&Xn`<p role="status">${e.packed(yi(Math.ceil(n.value.bytes.length/1e3)))}</p>`}
${n.value&&n.value.bytes.length>bo&&Xn`<p class="problem">${e.large}</p>`}
</div>
${n.value&&n.value.columns.length>0&&Xn`<div class="tools">
<${Po} label=${e.timeColumn} value=${a.value.time} log=${n.value} onChange=${e=>h("time",e)} />
<${Po} label=${e.userColumn} value=${a.value.user} log=${n.value} onChange=${e=>h("user",e)} />
<label class="labelled"
>${e.format}
<select onChange=${e=>a.value={...a.value,format:Number(e.currentTarget.value)}}>
${Object.entries(e.formats).map(([e,t])=>Xn`<option value=${e} selected=${Number(e)===a.value.format}>${t}</option>`)}
</select></label
>
</div>
${!u&&Xn`<p class="problem" role="alert">${e.unmapped}</p>`}`}
<${go} draft=${t.value} faults=${l} onChange=${d} />
<label class="labelled"
>${vi().workflows.resume}
<select onChange=${e=>d({resume:Number(e.currentTarget.value)})}>
${[1,3,2].map(e=>Xn`<option value=${e} selected=${e===t.value.resume}>${vi().workflows.resumes[e]}</option>`)}
</select></label
>
<div class="form-footer">
<p class="hint" role="status">${i.value&&e.stages[i.value]}</p>
${"computing"===i.value&&Xn`<progress aria-label=${e.stages[i.value]}></progress>
<button type="button" onClick=${()=>o.value?.abort()}>${vi().common.cancel}</button>`}
<button type="submit" class="primary" disabled=${!c}>${e.run}</button>
</div>
</form>
<div class="results">
${r.value&&Xn`<${Fi} kind="error">${r.value}<//>`}
${v?.answer.warnings.map(e=>Xn`<${Fi} kind="warn" key=${e}>${e}<//>`)}
${v?.answer.summary&&Xn`<${xo} summary=${v.answer.summary} name=${n.value?.name??""} />
<div class="compare">
${s.value.map(({title:e,settings:t,answer:n})=>Xn`<${Lo} key=${e} title=${e} settings=${t} summary=${n.summary} largest=${y} />`)}
</div>
<p class="hint">${e.soonHint}</p>`}
</div>`}function Po({label:e,value:t,log:n,onChange:a}){return Xn`<label class="labelled"
>${e}
<select onChange=${e=>a(e.currentTarget.value)}>
<option value="" selected=${!t}>${vi().whatIf.choose}</option>
${n.columns.map(e=>Xn`<option key=${e} value=${e} selected=${e===t}>${e}</option>`)}
</select></label
>`}var Wo=["unavailable","deadline_exceeded","internal","unknown"],Vo=class{constructor(e,t=xa){this.accountId=e,this.calls=t,this.base=Le(null),this.draft=Le(null),this.theirs=Le(null),this.problem=Le(""),this.refused=Le({}),this.notice=Le(""),this.phase=Le(""),this.question=Le(null),this.preview=Le({state:"none"}),this.faults=Ue(()=>this.draft.value?uo(this.draft.value):{}),this.isValid=Ue(()=>Ho(this.faults.value)&&Ho(this.refused.value)),this.isChanged=Ue(()=>null!==this.base.value&&null!==this.draft.value&&!co(oo(this.base.value),this.draft.value)),this.canSave=Ue(()=>this.isChanged.value&&this.isValid.value&&!this.phase.value&&!this.theirs.value),this.asking=null,this.timer=0,this.rereading=0,this.heardEtag="",this.isClosed=!1}async load(e){this.problem.value="";try{let t=await this.#o();this.#a(e?.base??t),e&&this.edit(e.draft),this.#i(t,"updated"),this.#t()}catch(e){Fa(e)||(this.problem.value=ms(e))}}close(){this.isClosed=!0,this.#l()}edit(e){this.phase.value||($e(()=>{this.draft.value={...this.draft.value,...e},"kept"!==this.notice.value&&(this.notice.value=""),this.problem.value="",this.refused.value={}}),this.#u())}toggle(){let e=this.draft.value,{awayAfter:t,offlineAfter:n}=oo(this.base.value);e.enabled?this.edit({enabled:!1,awayAfter:t,offlineAfter:n}):this.edit({enabled:!0,awayAfter:e.awayAfter??(e.offlineAfter?null:io)})}discard(){this.#a(this.theirs.value??this.base.value)}restore(e){this.phase.value||this.theirs.value||(this.question.value={restoring:e,before:this.isChanged.value?this.draft.value??void 0:void 0},this.edit(oo(e)))}answer(e){let t=this.question.value;if(this.question.value=null,e)return this.#r();t?.before?this.edit(t.before):t?.restoring&&this.discard()}heard({etag:e}){this.heardEtag=e,this.base.value?this.#t():this.problem.value&&this.load()}keepMine(){$e(()=>{this.base.value=this.theirs.value,this.theirs.value=null,this.notice.value="kept"}),this.#u()}async save(){if(!this.canSave.value)return;this.phase.value="checking",this.preview.value={...this.preview.value,state:"asking"},await this.#c(),this.phase.value="";let{state:e}=this.preview.value;this.canSave.value&&!this.isClosed&&"known"===e&&qo(this.preview.value)<=5?await this.#r():(this.canSave.value&&("known"===e||"failed"===e)&&(this.question.value={}),this.#t())}async#r(){if(this.canSave.value){this.phase.value="saving",this.#l();try{this.#a((await this.calls.updateWorkflow(this.#d())).workflow),this.notice.value="saved"}catch(e){if(Fa(e))return;jo(e)?await this.#e():await this.#s(e)}finally{this.phase.value=""}this.#t()}}async#e(){for(this.phase.value="uncertain";!this.isClosed;)try{let e=await this.#o();return void(e.etag===this.base.value?.etag?this.problem.value=vi().workflows.notSaved:this.#i(e,"saved"))}catch(e){if(Fa(e))return;await new Promise(e=>setTimeout(e,1500))}}async#s(e){this.question.value=null;try{e instanceof Fn&&"REVISION_CONFLICT"===e.reason?this.#i(await this.#o(),"updated"):this.#n(e)||(this.problem.value=ms(e))}catch(e){Fa(e)||(this.problem.value=ms(e))}}#n(e){if(!(e instanceof Fn)||"invalid_argument"!==e.code)return!1;let t={};for(let{field:n,description:a}of e.violations)n.endsWith("away_after")?t.awayAfter=a:n.endsWith("offline_after")?t.offlineAfter=a:n.endsWith("enabled")&&(t.enabled=a);return this.refused.value=t,!Ho(t)}async#o(){return(await this.calls.getWorkflow({accountId:this.accountId})).workflow}async#t(){if([this.base.value?.etag,this.theirs.value?.etag,""].includes(this.heardEtag)||this.phase.value)return;let e=++this.rereading;try{let t=await this.#o();e===this.rereading&&!this.phase.value&&this.#i(t,"updated")}catch(e){Fa(e)||ms(e)}}#i(e,t){if(e.etag!==this.base.value?.etag){if(!this.isChanged.value||co(oo(e),this.draft.value))return this.#a(e),void(this.notice.value=t);this.#l(),$e(()=>{this.theirs.value=e,this.question.value=null,this.preview.value={state:"none"}})}}#a(e){e&&(this.#l(),$e(()=>{this.base.value=e,this.draft.value=oo(e),this.theirs.value=null,this.question.value=null,this.problem.value="",this.refused.value={},this.notice.value="",this.preview.value={state:"none"}}))}#l(){clearTimeout(this.timer),this.asking?.abort()}#u(){this.#l(),this.canSave.value?(this.preview.value={...this.preview.value,state:"asking"},this.timer=setTimeout(()=>this.#c(),250)):this.preview.value={state:"none"}}async#c(){this.#l();let e=this.asking=new AbortController;try{let{impact:t}=await this.calls.updateWorkflow({...this.#d(),validateOnly:!0},{signal:e.signal});if(e.signal.aborted)return;this.preview.value={state:"known",impact:t},this.timer=setTimeout(()=>this.#c(),1e4)}catch(t){if(e.signal.aborted||vs(t)||Fa(t))return;let n=jo(t);this.preview.value={state:n?"failed":"none"},n?this.timer=setTimeout(()=>this.#c(),1e4):await this.#s(t)}}#d(){let[e,t]=[this.base.value,this.draft.value];return{workflow:lo(this.accountId,t,e.etag),updateMask:{paths:so}}}};function qo({state:e,impact:t}){return"known"===e&&t?Number(t.switchingToAway+t.switchingToOffline):0}function jo(e){return e instanceof Fn&&Wo.includes(e.code)}function Ho(e){return 0===Object.keys(e).length}function Ko({form:e}){let t=vi().workflows,{state:n,impact:a}=e.preview.value,{draft:i,base:r}=e;if("none"===n)return null;let s=r.value?.enabled&&i.value&&!i.value.enabled;return Xn`<section class="preview" aria-live="polite" aria-busy=${"asking"===n}>
<h3>${t.previewTitle}</h3>
${"known"!==n&&Xn`<p class="hint">${"asking"===n?t.previewing:t.previewFailed}</p>`}
${a&&"failed"!==n&&Xn`<${Go} impact=${a} />`}
${s&&Xn`<p>${t.turnedOff} ${t.resume}: ${t.resumes[i.value?.resume]}.</p>`}
</section>`}function Go({impact:e}){let t=vi().workflows,[n,a]=[Number(e.switchingToAway),Number(e.switchingToOffline)],i=n+a-Math.min(8,e.switches.length),r=e.nextHour.map(e=>[Number(e.switchingToAway),Number(e.switchingToOffline)]),[s,o]=[0,1].map(e=>r.reduce((t,n)=>t+n[e],0));return Xn`<div class="effect">
<p>${n+a===0?t.nobodyNow:t.switching(n,a)}</p>
${e.switches.length>0&&Xn`<ul class="switches">
${e.switches.slice(0,8).map(e=>Xn`<li key=${e.userId}><${qi}>${e.userId}<//> <${xr} status=${e.status} /></li>`)}
${i>0&&Xn`<li class="hint">${vi().common.more(i)}</li>`}
</ul>`}
<p class="hint">${t.withinHour(s,o)}</p>
${s+o>0&&Xn`<ul class="quarters hint">
${r.map(([e,t],n)=>Xn`<li key=${n}>
${15*n}–${15*(n+1)} ${vi().units.min}: <strong>${yi(e+t)}</strong>
</li>`)}
</ul>`}
</div>`}function Yo({form:e}){let t=vi().workflows,n=e.question.value,a=e.draft.value;if(!n||!a)return null;let{restoring:i,before:r}=n,s=qo(e.preview.value),o=Kn(i?.updateTime),l=i?void 0===o?t.restoreFirst:t.restoreTitle(Ii(o)):s?t.confirmTitle(s):t.blindTitle;return Xn`<${Xo}
title=${l}
yes=${s?t.confirm(s):i?t.restore:t.save}
isReady=${e.canSave.value&&"asking"!==e.preview.value.state}
onAnswer=${t=>e.answer(t)}
>
${i&&Xn`<${No} before=${e.base.value} after=${i} />`}
${r&&Xn`<p>${t.editsLost}</p>`}
<${Ko} form=${e} />
${s>0&&Xn`<p>${t.resume}: ${t.resumes[a.resume]}.</p>`}
<//>`}function zo(){let e=vi().workflows;return ra.value?Xn`<${Xo} title=${e.leaveTitle} yes=${e.leave} no=${e.stay} isReady onAnswer=${sa}>
<p>${e.leaveText}</p>
<//>`:null}function Xo({title:e,yes:t,no:n=vi().common.cancel,isReady:a,onAnswer:i,children:r}){return Xn`<${Vi} title=${e} onClose=${()=>i(!1)} alert>
${r}
<div class="dialog-actions">
<button type="button" onClick=${()=>i(!1)} autofocus>${n}</button>
<button type="button" class="primary" disabled=${!a} onClick=${()=>i(!0)}>${t}</button>
</div>
<//>`}function Jo({form:e}){let t=vi().workflows,n=Je(null),a=Je(""),i=Je(""),r=se(null),s=e.base.value?.etag,o=async t=>{r.current?.abort();let{signal:s}=r.current=new AbortController;i.value="";try{let i=await xa.listWorkflowChanges({accountId:e.accountId,pageSize:20,pageToken:t},{signal:s});n.value=t?[...n.value??[],...i.changes]:i.changes,a.value=i.nextPageToken}catch(e){!vs(e)&&!Fa(e)&&(i.value=ms(e))}};ie(()=>(o(""),()=>r.current?.abort()),[e,s]);let l=a.value?void 0:n.value?.at(-1)?.previousWorkflow;return Xn`<section class="card" aria-labelledby="settings-history">
<h2 id="settings-history">${t.history}</h2>
${!n.value&&!i.value&&Xn`<${Pi} />`}
${0===n.value?.length&&Xn`<p class="hint">${t.historyEmpty}</p>`}
${null!==n.value&&n.value.length>0&&Xn`<table class="plain stacked settings-history">
<thead>
<tr>
<th scope="col">${t.when}</th>
<th scope="col">${t.who}</th>
<th scope="col">${t.what}</th>
<td></td>
</tr>
</thead>
<tbody>
${n.value.map(t=>Xn`<${Qo} key=${String(t.revision)} change=${t} form=${e} />`)}
${l&&Xn`<tr>
<td colspan="3" class="hint">${t.beforeAll}</td>
<td class="end"><${Zo} form=${e} workflow=${l} /></td>
</tr>`}
</tbody>
</table>`}
${i.value&&Xn`<${Fi}
kind="error"
actions=${Xn`<button type="button" onClick=${()=>o("")}>${vi().common.retry}</button>`}
>${i.value}<//
>`}
${a.value&&Xn`<button type="button" class="quiet" onClick=${()=>o(a.value)}>${t.moreHistory}</button>`}
</section>`}function Qo({change:e,form:t}){let n=vi().workflows,{workflow:a,previousWorkflow:i}=e;return Xn`<tr>
<td><${Wi} ms=${Kn(a?.updateTime)} /></td>
<td>
${a?.updatedBy?Xn`<${qi}>${a.updatedBy}<//>`:n.unknownWho}
${a?.updateCaller&&Xn`<br /><span class="hint">(<${qi}>${a.updateCaller}<//>)</span>`}
</td>
<td>
${i?Xn`<${No} before=${i} after=${a} />`:n.unknownWho}
</td>
<td class="end"><${Zo} form=${t} workflow=${a} /></td>
</tr>`}function Zo({form:e,workflow:t}){let n=vi().workflows,a=e.base.value;if(!t||!a)return null;if(t.etag&&t.etag===a.etag)return Xn`<span class="hint">${n.inForce}</span>`;if(!oi("workflow.write")||co(oo(t),oo(a)))return null;let i=Kn(t.updateTime),r=void 0===i?n.restoreFirst:n.restoreTitle(Ii(i));return Xn`<button
type="button"
class="quiet"
disabled=${""!==e.phase.value||null!==e.theirs.value}
onClick=${()=>e.restore(t)}
>
${n.restore}<span class="visually-hidden"> (${r})</span>
</button>`}var el=null;function tl(){let e=La.value,t=oe(()=>new Vo(e),[e]);ie(()=>{let n=za.peek()?.name;t.load(el?.accountId===e&&el.who===n?el:null),el=null;let a=[Ve(()=>{let n=or.value;n&&n.accountId===e&&we(()=>t.heard(n))}),Ve(()=>{ia.value=t.isChanged.value||""!==t.phase.value})];return()=>{let[i,r]=[t.base.peek(),t.draft.peek()];el=ia.peek()&&i&&r?{accountId:e,who:n,base:i,draft:r}:null,ia.value=!1;for(let e of a)e();t.close()}},[t]);let{nav:n,workflows:a,common:i}=vi();return Xn`<p class="crumbs">${n.settings} <span aria-hidden="true">/</span> ${n.care}</p>
<h1>${a.title}</h1>
<${Tr} />
${t.draft.value?Xn`<${nl} form=${t} draft=${t.draft.value} />
<${Jo} form=${t} />
<${Yo} form=${t} />
<${zo} />`:t.problem.value?Xn`<${Fi}
kind="error"
actions=${Xn`<button type="button" onClick=${()=>t.load()}>${i.retry}</button>`}
>${t.problem.value}<//
>`:Xn`<${Pi} />`}`}function nl({form:e,draft:t}){let n=vi().workflows,a=oi("workflow.write");return Xn`<form class="card" onSubmit=${t=>{t.preventDefault(),e.save()}} novalidate aria-busy=${""!==e.phase.value}>
<div class="switch-row">
<div>
<h2 id="switch-name">${n.heading}</h2>
<p class="hint" id="switch-hint">${n.description}</p>
</div>
<button
type="button"
role="switch"
class="switch"
aria-checked=${t.enabled?"true":"false"}
aria-labelledby="switch-name"
aria-describedby="switch-hint"
disabled=${!a}
onClick=${()=>e.toggle()}
>
<span class="knob"></span>
</button>
</div>
${t.enabled&&Xn`<${go}
draft=${t}
faults=${e.faults.value}
refused=${e.refused.value}
onChange=${t=>e.edit(t)}
disabled=${!a}
/>`}
<${al} form=${e} draft=${t} disabled=${!a} />
<${il} form=${e} draft=${t} />
<${Ko} form=${e} />
${e.problem.value&&Xn`<${Fi} kind="error">${e.problem.value}<//>`}
${"uncertain"===e.phase.value&&Xn`<${Fi} kind="warn">${n.uncertain}<//>`}
${a?Xn`<${rl} form=${e} />`:Xn`<${Fi}>${n.readOnly}<//>`}
</form>`}function al({form:e,draft:t,disabled:n}){let a=vi().workflows,i=e.base.value;return Xn`<details class="advanced" open=${(i?.resume??1)>1||i?.keepManualAway}>
<summary>${a.advanced}</summary>
<fieldset disabled=${n}>
<legend>${a.resume}</legend>
${[1,3,2].map(n=>Xn`<label class="choice" key=${n}>
<input type="radio" name="resume" checked=${t.resume===n} onChange=${()=>e.edit({resume:n})} />
${a.resumes[n]}
</label>`)}
<p class="hint">${a.resumeHint}</p>
</fieldset>
<label class="choice">
<input
type="checkbox"
checked=${t.keepManualAway}
disabled=${n}
onChange=${()=>e.edit({keepManualAway:!t.keepManualAway})}
/>
${a.keep}
</label>
<p class="hint indented">${a.keepHint}</p>
</details>`}function il({form:e,draft:t}){let n=vi().workflows,a=e.theirs.value;if(!a)return null;let i=e.isValid.value?lo("",t,""):null;return Xn`<${Fi} kind="warn">
<p>${n.conflict(Ri(a.updatedBy),Ii(Kn(a.updateTime)??Date.now()))}</p>
<table class="plain">
<thead>
<tr>
<td></td>
<th scope="col">${n.inForce}</th>
<th scope="col">${n.mine}</th>
</tr>
</thead>
<tbody>
${ko.map(e=>{let[t,r]=[So(a,e),i?So(i,e):"?"];return t===r?null:Xn`<tr key=${e}>
<th scope="row">${n.fields[e]}</th>
<td>${t}</td>
<td>${r}</td>
</tr>`})}
</tbody>
</table>
<div class="notice-actions">
<button type="button" onClick=${()=>e.discard()}>${n.takeTheirs}</button>
<button type="button" onClick=${()=>e.keepMine()}>${n.keepMine}</button>
</div>
<//>`}function rl({form:e}){let t=vi().workflows,n=e.base.value,a=Ri(n?.updatedBy??""),i=Kn(n?.updateTime),r={checking:()=>t.previewing,saving:()=>t.saving,uncertain:()=>"",saved:()=>t.saved,kept:()=>t.kept(a),updated:()=>t.updated(a),"":()=>void 0===i?"":t.lastChange(Ii(i),a)};return Xn`<div class="form-footer">
<p class="hint ${e.notice.value}" role="status">${r[e.phase.value||e.notice.value]()}</p>
${e.isChanged.value&&!e.phase.value&&!e.theirs.value&&Xn`<button type="button" onClick=${()=>e.discard()}>${t.discard}</button>`}
<button type="submit" class="primary" disabled=${!e.canSave.value}>${t.save}</button>
</div>`}var sl=[{page:"board",icon:"board",isOpen:()=>ui.value||""!==li.value},{page:"history",icon:"history",isOpen:()=>oi("status.read")},{page:"what-if",icon:"whatIf",isOpen:()=>oi("workflow.read")},{page:"workflows",icon:"settings",isOpen:()=>oi("workflow.read")}],ol=e=>"person"===e?"board":e;function ll(){ie(()=>{let e=setInterval(Oa,3e3);return()=>clearInterval(e)},[]);let{errors:e,common:t}=vi();return Xn`<main class="alone">
<div class="card narrow" role="alert">
<${Ui} />
<h1>${e.unreachable}</h1>
<p class="hint">${e.unreachableHint}</p>
<button type="button" class="wide" onClick=${Oa}>${t.retry}</button>
</div>
</main>`}function ul(){let{nav:e}=vi(),{page:t,rest:n}=oa.value,a=[La.value,t,...n].join("/"),i=se(a),r={board:li.value?e.own:e.board,history:e.history,"what-if":e.whatIf,workflows:e.settings},s="board"===t&&li.value?"person":t,o="board"===t&&!sl[0].isOpen();return ie(()=>{let e=sl.find(({isOpen:e})=>e());o&&e&&pa(ua(e.page))},[o]),ie(()=>{let e="person"===t?n[0]:r[t];document.title=[e??"",La.value,"onduty"].filter(Boolean).map(Mi).join(" · ")}),ie(()=>{i.current!==a&&cl(),i.current=a},[a]),Xn`<div class="frame">
<a class="skip" href="#main" onClick=${cl}>${e.skip}</a>
<header class="side">
<${Ui} />
<nav aria-label=${e.label}>
${sl.filter(({isOpen:e})=>e()).map(e=>Xn`<a key=${e.page} href=${ua(e.page)} aria-current=${ol(t)===e.page?"page":null}>
<${Di} name=${e.icon} /><span>${r[e.page]}</span>
</a>`)}
</nav>
<div class="corner"><${fl} /></div>
</header>
<div class="content">
<section class="bar" aria-label=${e.account}><${Gi} /><${Nr} /><${pl} /></section>
<main id="main" tabindex="-1" class=${`page-${s}`} key=${`${La.value}/${t}`}><${dl} /></main>
</div>
</div>`}function cl(e){e?.preventDefault(),document.getElementById("main")?.focus()}function dl(){let{page:e,rest:t}=oa.value,n=sl.find(t=>t.page===ol(e));if(!n)return Xn`<${Bi} isPage title=${vi().errors.noPage}><a href=${ua("board")}>${vi().person.back}</a><//>`;if(!n.isOpen())return Xn`<${Bi} isPage title=${vi().errors.denied} />`;if("board"===n.page&&li.value)return Xn`<${Js} id=${li.value} />`;switch(e){case"history":return Xn`<${Ps} />`;case"what-if":return Xn`<${Bo} />`;case"workflows":return Xn`<${tl} />`;case"person":return Xn`<${Gs} id=${t[0]??""} key=${t[0]} />`;default:return Xn`<${ks} />`}}function pl(){let e=Je(!1),t=se(null),n=se(null);return ie(()=>{if(!e.value)return;let n=n=>{t.current?.contains(n.target)||(e.value=!1)},a=["pointerdown","focusin"];for(let e of a)document.addEventListener(e,n);return()=>{for(let e of a)document.removeEventListener(e,n)}},[e.value]),Xn`<div ref=${t} class="menu" onKeyDown=${t=>{"Escape"!==t.key||!e.value||(e.value=!1,n.current?.focus())}}>
<button
ref=${n}
type="button"
class="icon-button"
aria-label=${vi().nav.menu}
aria-expanded=${e.value?"true":"false"}
onClick=${()=>e.value=!e.value}
>
<${Di} name="person" />
</button>
${e.value&&Xn`<div class="corner card"><${fl} />${ri.value&&Xn`<a href="#/">${vi().nav.changeAccount}</a>`}</div>`}
</div>`}function fl(){let{nav:e}=vi();return Xn`${Na.value?Xn`<p class="who"><${Di} name="person" /><${qi}>${za.value?.name??""}<//></p>
<button type="button" class="quiet" onClick=${Ua}>${e.signOut}</button>`:za.value&&!za.value.authenticated?Xn`<label class="own-name">
<span class="hint">${e.you}</span>
<input
value=${Ta.value}
placeholder=${e.noName}
maxlength="128"
autocomplete="name"
onChange=${e=>Ba(e.currentTarget.value)}
/>
</label>`:Xn`<p class="who"><${Di} name="person" /><${qi}>${za.value?.name??""}<//></p>`}
<${$i} />`}var hl=document.getElementById("app");await gi([Zn.get(di)??"",...navigator.languages].map(e=>e.split("-")[0]).find(e=>e in pi)??"en"),hl.replaceChildren(),function(t,n){var a,i,r,s;e.__&&e.__(t,n),9==n.nodeType&&(n=n.documentElement),i=(a=t&&32&t.__u)?null:n.__k,n.__k=b(_,{children:[t]}),r=[],s=[],M(n,n.__k,i||p,p,n.namespaceURI,i?null:n.firstChild?v.call(n.childNodes):null,r,i?i.__e:n.firstChild,a,s),D(r,n.__k,s),n.__k.props.children=null}(Xn`<${function(){switch(ie(()=>{document.documentElement.lang=hi.value},[hi.value]),wa.value){case"loading":return Xn`<main class="boot"><h1><img src="icon.svg" alt=${vi().common.loading} width="48" height="48" /></h1></main>`;case"leaving":return Xn`<main class="alone"><${Fi} kind="warn">${vi().signIn.again}<//></main>`;case"unreachable":return Xn`<${ll} />`;case"signed-out":return Xn`<${Qs} />`;default:return La.value&&ci.value?Xn`<${ul} />`:Xn`<${ji} />`}}} />`,hl),Ma.ask=async function(){za.value=null,Xa.value=[],ei="";let e=(await xa.getCaller({})).caller??null,t=e?.name??"";null!==ti&&t!==ti&&location.reload(),ti=t,za.value=e,await ai()},Oa();